import type { Message } from '../conversations/schemas.ts';
import type { Answers } from './answers.ts';
import type { Api } from './api.ts';
import { isTransient } from './errors.ts';
import type { MessageRange } from './range.ts';
import type { Replica } from './replica.ts';

/** Reads what came before the held messages, when somebody asks for it. */
export class History {
  readonly #api: Api;
  readonly #replica: Replica;
  readonly #answers: Answers;
  readonly #complete: (conversationId: string) => Promise<void>;
  readonly #opened = new WeakSet<MessageRange>();
  readonly #loading = new Map<string, Promise<Message[]>>();

  /** `complete` fetches what is missing of a held conversation, if it can be had for now. */
  constructor(
    api: Api,
    replica: Replica,
    answers: Answers,
    complete: (conversationId: string) => Promise<void>,
  ) {
    this.#api = api;
    this.#replica = replica;
    this.#answers = answers;
    this.#complete = complete;
  }

  /**
   * For showing a conversation: the first time, the last messages are fetched, and each time those that have come since
   * it was shown. Returns all held ones, which while the server cannot be reached are those that were kept.
   */
  async loadLast(conversationId: string): Promise<Message[]> {
    const completed = this.#complete(conversationId);
    const range = await this.#open(conversationId);
    if (!this.#opened.has(range)) await this.loadOlder(conversationId).catch(unlessKept(range));
    await completed;
    return (this.#replica.range(conversationId) ?? range).list();
  }

  /** Returns the messages of the page that came to be held, ascending; none when there are no older ones. */
  loadOlder(conversationId: string): Promise<Message[]> {
    const loading =
      this.#loading.get(conversationId) ??
      this.#load(conversationId).finally(() => this.#loading.delete(conversationId));
    this.#loading.set(conversationId, loading);
    return loading;
  }

  async #load(conversationId: string): Promise<Message[]> {
    const range = await this.#open(conversationId);
    if (!range.hasOlder) return [];
    const before = range.beginPage();
    try {
      const page = await this.#api.listMessages(conversationId, { before });
      const { messages, changed } = this.#replica.prepend(conversationId, range, before, page);
      this.#opened.add(range);
      for (const { id } of changed) this.#answers.messageChanged(id);
      return messages;
    } finally {
      range.endPage();
    }
  }

  async #open(conversationId: string): Promise<MessageRange> {
    const held = this.#replica.range(conversationId);
    if (held) return held;
    const range = this.#replica.apply(await this.#api.getConversation(conversationId));
    this.#answers.conversationChanged(conversationId);
    return range;
  }
}

const unlessKept = (range: MessageRange) => (error: unknown) => {
  if (!isTransient(error) || range.list().length === 0) throw error;
};
