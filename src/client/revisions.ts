import type { Message } from '../conversations/schemas.ts';
import type { Answers } from './answers.ts';
import type { Api } from './api.ts';

/** Changes messages; what is held follows before the call resolves. */
export class Revisions {
  readonly #api: Api;
  readonly #answers: Answers;

  constructor(api: Api, answers: Answers) {
    this.#api = api;
    this.#answers = answers;
  }

  edit(messageId: string, body: string): Promise<Message> {
    return this.#changed(this.#api.editMessage(messageId, body));
  }

  react(messageId: string, emoji: string): Promise<Message> {
    return this.#changed(this.#api.addReaction(messageId, emoji));
  }

  unreact(messageId: string, emoji: string): Promise<Message> {
    return this.#changed(this.#api.removeReaction(messageId, emoji));
  }

  async remove(messageId: string): Promise<void> {
    await this.#api.deleteMessage(messageId);
    this.#answers.messageChanged(messageId);
    // It is deleted, whatever becomes of this: the tombstone comes with the hint, if not now.
    await this.#changed(this.#api.getMessage(messageId)).catch(() => {});
  }

  async #changed(answer: Promise<Message>): Promise<Message> {
    const message = await answer;
    this.#answers.message(message);
    return message;
  }
}
