import type { Answers } from './answers.ts';
import type { Api } from './api.ts';
import type { Replica } from './replica.ts';

/** Milliseconds over which the clients that come back at the same moment are spread. */
const SPREAD = 10_000;
const PAGE = 100;

/**
 * Who came online or went while this client was away is counted by no version, so /sync does not say. One page
 * of the list shows it of the conversations with the latest activity, which are those on screen; of the others it
 * shows with whatever happens next.
 */
export class Presence {
  readonly #api: Api;
  readonly #replica: Replica;
  readonly #answers: Answers;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, replica: Replica, answers: Answers) {
    this.#api = api;
    this.#replica = replica;
    this.#answers = answers;
  }

  refreshSoon(): void {
    this.stop();
    this.#timer = setTimeout(() => void this.#refresh(), Math.random() * SPREAD);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<void> {
    if (!this.#replica.conversations().some((conversation) => conversation.with)) return;
    try {
      const { conversations } = await this.#api.listConversations({ limit: PAGE });
      for (const conversation of conversations) this.#answers.conversation(conversation);
    } catch {
      // Next time: nothing but dots depends on it.
    }
  }
}
