import type { Conversation } from '../conversations/schemas.ts';
import type { Api } from './api.ts';
import { isGone } from './errors.ts';
import type { Hint } from './hints.ts';
import { placeOf } from './message-id.ts';
import type { Replica } from './replica.ts';

const PAGE = 100;

/** Fewer than so many conversations are read one by one, instead of turning another page of the list. */
const FEW = 3;

/** How a conversation is to be taken, as of when it was asked for: later resets ask for another job. */
interface Wish {
  isReset: boolean;
  heldThrough: number;
}

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

  /** At most 100. Those that are held already cost nothing, unless they have changed. */
  async fetchMessages(hints: readonly Hint[]): Promise<void> {
    const wanted = hints.filter((hint) => this.#isWanted(hint)).map(({ id }) => id);
    if (wanted.length > 0) await this.#fetchBatch(wanted);
    for (const id of this.#outdatedBy(hints)) await this.#fetchConversation(id);
    for (const id of conversationsOf(hints.map((hint) => hint.id))) await this.complete(id);
  }

  async fetchConversations(hints: readonly Hint[]): Promise<void> {
    const left = new Map(hints.map((hint) => [hint.id, this.#wishFor(hint)]));
    if (left.size >= FEW) await this.#readList(left);
    if (left.size >= FEW) await this.#readList(left, { archived: 'true' });
    for (const [id, wish] of left) await this.#fetchConversation(id, wish);
    for (const { id } of hints) await this.#fillGaps(id);
  }

  /** Fetches what the conversation is known to have and its range has not. */
  async complete(id: string): Promise<void> {
    if (!this.#replica.range(id)) await this.#fetchConversation(id);
    await this.#fillGaps(id);
  }

  #isWanted({ kind, id }: Hint): boolean {
    const place = placeOf(id);
    const range = place && this.#replica.range(place.conversationId);
    if (!range) return false;
    return kind === 'update' ? range.needsAgain(place.sequence) : range.needs(place.sequence);
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

  /** The conversations that show something of a changed message which cannot be told from what is held. */
  #outdatedBy(hints: readonly Hint[]): Set<string> {
    const places = hints.flatMap(({ kind, id }) => (kind === 'update' ? (placeOf(id) ?? []) : []));
    const outdated = places.filter(({ conversationId, sequence }) =>
      this.#replica.isOutdatedBy(conversationId, sequence),
    );
    return new Set(outdated.map(({ conversationId }) => conversationId));
  }

  /** Pages through the list until it has shown nearly all that are in `left`, and takes them out. */
  async #readList(left: Map<string, Wish>, query: { archived?: 'true' } = {}): Promise<void> {
    let before: string | null | undefined;
    do {
      const position = before ? { before } : {};
      const page = await this.#api.listConversations({ limit: PAGE, ...query, ...position });
      for (const conversation of page.conversations) {
        this.#take(conversation, left.get(conversation.id));
        left.delete(conversation.id);
      }
      before = page.hasMore ? page.next : undefined;
    } while (before && left.size >= FEW);
  }

  async #fetchConversation(id: string, wish?: Wish): Promise<void> {
    const conversation = await this.#unlessGone(id, this.#api.getConversation(id));
    if (conversation) this.#take(conversation, wish);
  }

  #wishFor({ kind, id }: Hint): Wish {
    const heldThrough = this.#replica.range(id)?.through ?? 0;
    return { isReset: kind === 'reset', heldThrough };
  }

  #take(conversation: Conversation, wish?: Wish): void {
    if (wish?.isReset) this.#replica.restart(conversation, wish.heldThrough);
    else this.#replica.apply(conversation);
  }

  async #fillGaps(id: string): Promise<void> {
    for (let range = this.#replica.range(id); range?.hasGap; range = this.#replica.range(id)) {
      await this.#fillGap(id, range.through, range.highest);
    }
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
