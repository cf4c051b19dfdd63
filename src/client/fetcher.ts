import type { Conversation } from '../conversations/schemas.ts';
import type { Api } from './api.ts';
import { isGone } from './errors.ts';
import type { Hint } from './hints.ts';
import { placeOf } from './message-id.ts';
import type { Replica } from './replica.ts';
import type { Screen } from './screen.ts';

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
 * the conversations concerned are held without a gap, or gone; or they are not on screen: then it is set aside what
 * messages are missing, until they are. Throws when the server fails; then what was fetched stays held and the call can
 * simply be made again.
 */
export class Fetcher {
  readonly #api: Api;
  readonly #replica: Replica;
  readonly #screen: Screen;

  constructor(api: Api, replica: Replica, screen: Screen) {
    this.#api = api;
    this.#replica = replica;
    this.#screen = screen;
  }

  /** At most 100. Those that are held already cost nothing, unless they have changed. */
  async fetchMessages(hints: readonly Hint[]): Promise<void> {
    const near = this.#setAsideUnseen(hints);
    const wanted = near.filter((hint) => this.#isWanted(hint)).map(({ id }) => id);
    if (wanted.length > 0) await this.#fetchBatch(wanted);
    for (const id of this.#outdatedBy(near)) await this.#fetchConversation(id);
    for (const id of conversationsOf(near.map((hint) => hint.id))) await this.complete(id);
  }

  /** Last messages of conversations that are not on screen: at most 100. */
  fetchLines(hints: readonly Hint[]): Promise<void> {
    return this.#fetchBatch(hints.map(({ id }) => id));
  }

  async fetchConversations(hints: readonly Hint[]): Promise<void> {
    const left = new Map(hints.map((hint) => [hint.id, this.#wishFor(hint)]));
    if (left.size >= FEW) await this.#readList(left);
    if (left.size >= FEW) await this.#readList(left, { archived: 'true' });
    for (const [id, wish] of left) await this.#fetchConversation(id, wish);
    for (const { id } of hints) await this.#fillGaps(id);
  }

  /** Fetches what the conversation is known to have and its range has not, if it is on screen. */
  async complete(id: string): Promise<void> {
    if (!this.#replica.range(id)) await this.#fetchConversation(id);
    await this.#fillGaps(id);
  }

  /** What is held and not on screen waits until it is. Returns the others. */
  #setAsideUnseen(hints: readonly Hint[]): Hint[] {
    const near: Hint[] = [];
    const unseen = new Map<string, number[]>();
    for (const hint of hints) {
      const { conversationId = '', sequence = 0 } = placeOf(hint.id) ?? {};
      const range = this.#screen.shows(conversationId)
        ? undefined
        : this.#replica.range(conversationId);
      if (!range) near.push(hint);
      else if (hint.kind === 'update' || range.needs(sequence))
        unseen.set(conversationId, [...(unseen.get(conversationId) ?? []), sequence]);
    }
    for (const [id, sequences] of unseen) this.#replica.setAside(id, sequences);
    return near;
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
    for (const id of conversationsOf(missing)) {
      const rung = this.#rung(id);
      await this.#fetchConversation(id);
      this.#replica.answered(id, rung);
    }
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
    while (this.#screen.shows(id) && this.#lag(id) > 0) await this.#fillGap(id);
  }

  async #fillGap(id: string): Promise<void> {
    const rung = this.#rung(id);
    const { through: after = 0, highest = 0 } = this.#replica.range(id) ?? {};
    const page = await this.#unlessGone(id, this.#api.listMessages(id, { after, limit: PAGE }));
    if (!page) return;
    this.#replica.cover(id, after, page, highest);
    if (!page.hasAfter || page.messages.length === 0) this.#replica.answered(id, rung);
  }

  #rung(id: string): number {
    return this.#replica.unfetched(id)?.through ?? 0;
  }

  #lag(id: string): number {
    return this.#replica.unfetched(id)?.lag ?? 0;
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
