import type { Api } from './api.ts';
import { isGone } from './errors.ts';
import { placeOf } from './message-id.ts';
import type { Replica } from './replica.ts';

const PAGE = 100;

/**
 * Fetches what hints name into the replica, and what turns out to be missing besides. After each call
 * the conversations concerned are held without a gap, or gone. Throws when the server fails; then
 * what was fetched stays held and the call can simply be made again.
 */
export class Fetcher {
  readonly #api: Api;
  readonly #replica: Replica;

  constructor(api: Api, replica: Replica) {
    this.#api = api;
    this.#replica = replica;
  }

  /** At most 100. Those that are held already cost nothing. */
  async fetchMessages(ids: readonly string[]): Promise<void> {
    const wanted = ids.filter((id) => this.#isWanted(id));
    if (wanted.length > 0) await this.#fetchBatch(wanted);
    for (const id of conversationsOf(ids)) await this.complete(id);
  }

  async fetchConversations(ids: readonly string[]): Promise<void> {
    const left = new Set(ids);
    if (ids.length > 1) await this.#readList(left);
    for (const id of left) await this.#fetchConversation(id);
    for (const id of ids) await this.complete(id);
  }

  /** Fetches what the conversation is known to have and its range has not. */
  async complete(id: string): Promise<void> {
    if (!this.#replica.range(id)) await this.#fetchConversation(id);
    for (let range = this.#replica.range(id); range?.hasGap; range = this.#replica.range(id)) {
      await this.#fillGap(id, range.through, range.highest);
    }
  }

  #isWanted(messageId: string): boolean {
    const place = placeOf(messageId);
    return place
      ? this.#replica.range(place.conversationId)?.needs(place.sequence) === true
      : false;
  }

  async #fetchBatch(ids: readonly string[]): Promise<void> {
    const { messages, missing } = await this.#api.getMessages(ids);
    for (const id of conversationsOf(ids)) {
      const own = messages.filter(({ conversationId }) => conversationId === id);
      this.#replica.receive(id, own);
    }
    // Unreadable, or no longer a member: the conversation tells which, and how far it really goes.
    for (const id of conversationsOf(missing)) await this.#fetchConversation(id);
  }

  /** Pages through the list until it has shown all that are in `left`, and takes them out. */
  async #readList(left: Set<string>): Promise<void> {
    let before: string | null | undefined;
    do {
      const page = await this.#api.listConversations({
        limit: PAGE,
        ...(before ? { before } : {}),
      });
      for (const conversation of page.conversations) {
        this.#replica.apply(conversation);
        left.delete(conversation.id);
      }
      before = page.hasMore ? page.next : undefined;
    } while (before && left.size > 0);
  }

  async #fetchConversation(id: string): Promise<void> {
    const conversation = await this.#unlessGone(id, this.#api.getConversation(id));
    if (conversation) this.#replica.apply(conversation);
  }

  async #fillGap(id: string, after: number, highest: number): Promise<void> {
    const page = await this.#unlessGone(id, this.#api.listMessages(id, { after, limit: PAGE }));
    if (page) this.#replica.cover(id, after, page, highest);
  }

  async #unlessGone<T>(id: string, answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#replica.remove(id);
      return undefined;
    }
  }
}

const conversationsOf = (messageIds: readonly string[]): Set<string> =>
  new Set(messageIds.flatMap((id) => placeOf(id)?.conversationId ?? []));
