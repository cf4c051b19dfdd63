import type { Message } from '../conversations/schemas.ts';
import type { Api } from './api.ts';
import type { MessageRange } from './range.ts';
import type { Replica } from './replica.ts';

/** Reads what came before the held messages, when somebody asks for it. */
export class History {
  readonly #api: Api;
  readonly #replica: Replica;
  readonly #opened = new WeakSet<MessageRange>();
  readonly #loading = new Map<string, Promise<Message[]>>();

  constructor(api: Api, replica: Replica) {
    this.#api = api;
    this.#replica = replica;
  }

  /** For showing a conversation: the first time, the last messages are fetched. Returns all held ones. */
  async loadLast(conversationId: string): Promise<Message[]> {
    const range = await this.#open(conversationId);
    if (!this.#opened.has(range)) await this.loadOlder(conversationId);
    return range.list();
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
    const before = range.from;
    const page = await this.#api.listMessages(conversationId, { before });
    range.prepend(before, page);
    this.#opened.add(range);
    return page.messages;
  }

  async #open(conversationId: string): Promise<MessageRange> {
    const held = this.#replica.range(conversationId);
    if (held) return held;
    const conversation = await this.#api.getConversation(conversationId);
    return this.#replica.apply(conversation);
  }
}
