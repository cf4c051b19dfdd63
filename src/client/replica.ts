import type { Conversation, Message } from '../conversations/schemas.ts';
import type { MessagePage } from '../messages/schemas.ts';
import type { Position } from '../sync/schemas.ts';
import type { Emit } from './events.ts';
import { HeldConversation, type News, startOfNews } from './held-conversation.ts';
import type { KeptConversation } from './kept-store.ts';
import type { Place } from './message-id.ts';
import type { MessageRange } from './range.ts';
import type { Rings } from './rings.ts';

type Unfetched = Pick<Rings, 'through' | 'lag' | 'takeOutdated' | 'takeLastLine'>;

type Positions = Readonly<Record<string, Position>>;

/** What this device holds of the server's state, and the events that tell how it changes. */
export class Replica {
  readonly #held = new Map<string, HeldConversation>();
  /** Of conversations that were removed, how far they were held. */
  readonly #gone = new Map<string, number>();
  readonly #username: string;
  readonly #emit: Emit;
  readonly #onChange: (conversationId: string) => void;
  #hasCaughtUp = false;

  /** `onChange` hears of whatever keep() would answer otherwise than before, but for what only rang. */
  constructor(username: string, emit: Emit, onChange: (conversationId: string) => void = () => {}) {
    this.#username = username;
    this.#emit = emit;
    this.#onChange = onChange;
  }

  /** What was held when the program ran last. To be called first. */
  restore(conversations: readonly KeptConversation[]): void {
    for (const kept of conversations) {
      const held = HeldConversation.restore(this.#username, kept);
      this.#held.set(held.shown.id, held);
      this.#emit('conversation', held.shown);
    }
  }

  /** For restore(); undefined when the conversation is not held. */
  keep(conversationId: string): KeptConversation | undefined {
    return this.#held.get(conversationId)?.keep();
  }

  conversation(id: string): Conversation | undefined {
    return this.#held.get(id)?.shown;
  }

  /** Latest activity first. */
  conversations(): Conversation[] {
    return [...this.#held.values()].map(({ shown }) => shown).sort(byLatestActivity);
  }

  range(conversationId: string): MessageRange | undefined {
    return this.#held.get(conversationId)?.range;
  }

  /** What is known of a held conversation and not fetched. */
  unfetched(conversationId: string): Unfetched | undefined {
    return this.#held.get(conversationId)?.rings;
  }

  /** Whether it is held as it was before this position. */
  isBehind(conversationId: string, position: Position): boolean {
    return this.#held.get(conversationId)?.isFetchedBefore(position) ?? false;
  }

  /** What `/sync` is asked with: how far everything is held, which may be less than was seen. */
  positions(): Positions {
    const entries = [...this.#held].map(([id, { range, version }]) => [
      id,
      [range.through, version],
    ]);
    return Object.fromEntries(entries);
  }

  /** To be called before `/sync` is asked; what is set aside from here on is not settled by it. */
  beginSync(): Positions {
    for (const { rings } of this.#held.values()) rings.hasSetAside = false;
    return this.positions();
  }

  /**
   * Everything that `/sync` named between these positions has been fetched or set aside. What began anew since it
   * was asked stays where that put it: of what is not in the question the answer names no changes.
   */
  settle(asked: Positions, answered: Positions): void {
    for (const [id, [, version]] of Object.entries(answered)) {
      const held = this.#held.get(id);
      if (!held || held.rings.hasSetAside) continue;
      if (held.version !== asked[id]?.[1] || held.version >= version) continue;
      held.version = version;
      this.#onChange(id);
    }
    this.#hasCaughtUp = true;
  }

  /** Takes a conversation as fetched, unless something later is held already. Returns its range. */
  apply(conversation: Conversation): MessageRange {
    const held = this.#held.get(conversation.id) ?? this.#insert(conversation);
    this.#tell(held, held.update(conversation));
    return held.range;
  }

  /** Takes a conversation as fetched, in place of all that is held of it; see HeldConversation.restart. */
  restart(conversation: Conversation, heldThrough: number): void {
    const held = this.#held.get(conversation.id);
    if (held) this.#tell(held, held.restart(conversation, heldThrough));
    else this.#insert(conversation);
  }

  remove(conversationId: string): void {
    const held = this.#held.get(conversationId);
    if (!held) return;
    this.#gone.set(conversationId, held.range.through);
    this.#held.delete(conversationId);
    this.#onChange(conversationId);
    this.#emit('conversationRemoved', conversationId);
  }

  /** Takes the page that was asked for with `before`, if `range` is still the one that is held; see MessageRange.prepend. */
  prepend(conversationId: string, range: MessageRange, before: number, page: MessagePage) {
    if (this.range(conversationId) !== range) return { messages: [], changed: [] };
    const taken = range.prepend(before, page);
    this.#onChange(conversationId);
    return taken;
  }

  receive(conversationId: string, messages: readonly Message[]): void {
    this.#change(conversationId, (range) => range.receive(messages));
  }

  cover(conversationId: string, after: number, page: MessagePage, highest: number): void {
    this.#change(conversationId, (range) => range.cover(after, page, highest));
  }

  /** A message rang of a conversation that is not on screen. Moves that to the top, and counts it. */
  ring({ conversationId, sequence }: Place): void {
    const held = this.#held.get(conversationId);
    if (!held || sequence <= held.shown.lastSequence) return;
    held.rings.created(sequence, this.#now());
    if (held.change(() => []).hasChanged) this.#emit('conversation', held.shown);
  }

  /** A message has changed of a conversation that is not on screen. */
  outdate({ conversationId, sequence }: Place): void {
    this.#held.get(conversationId)?.rings.updated(sequence);
    this.#change(conversationId, () => []);
  }

  /** `/sync` may have named these messages as new or changed, and they are not going to be fetched now. */
  setAside(conversationId: string, sequences: readonly number[]): void {
    this.#held.get(conversationId)?.rings.setAside(sequences, this.#now());
    this.#change(conversationId, () => []);
  }

  /** The server has shown what there is since this rang. */
  answered(conversationId: string, rung: number): void {
    this.#held.get(conversationId)?.rings.answered(rung);
    this.#change(conversationId, () => []);
  }

  /** Shows the conversation as read up to `sequence`, or further if it was. Returns up to where then. */
  markRead(conversationId: string, sequence: number): number {
    const reached = this.#held.get(conversationId)?.markRead(sequence) ?? sequence;
    this.#change(conversationId, () => []);
    return reached;
  }

  /** Shows the conversation as the server has it, which has refused the marker. */
  unmarkRead(conversationId: string): void {
    this.#held.get(conversationId)?.unmarkRead();
    this.#change(conversationId, () => []);
  }

  /** Whether a conversation, once this message of it has changed, is only to be had from the server. */
  isOutdatedBy(conversationId: string, sequence: number): boolean {
    return this.#held.get(conversationId)?.isOutdatedBy(sequence) ?? false;
  }

  #insert(fetched: Conversation): HeldConversation {
    const held = new HeldConversation(this.#username, fetched, this.#startOf(fetched));
    this.#held.set(fetched.id, held);
    this.#onChange(fetched.id);
    this.#emit('conversation', fetched);
    return held;
  }

  /**
   * Where the range of a conversation begins that nothing is held of. One that was there when the
   * client first caught up is held from its `lastSequence` on; what came before is read when asked
   * for. One that turns up later is new to this user: its unread messages are news too, unless they
   * were before the user left.
   */
  #startOf(fetched: Conversation): number {
    if (!this.#hasCaughtUp) return fetched.lastSequence;
    return Math.max(startOfNews(fetched), this.#gone.get(fetched.id) ?? 0);
  }

  /** By a clock that may be wrong; but never before what happened last. */
  #now(): string {
    const times = [...this.#held.values()].map(({ shown }) => Date.parse(shown.updatedAt));
    return new Date(Math.max(Date.now(), Math.max(...times) + 1)).toISOString();
  }

  #change(conversationId: string, change: (range: MessageRange) => Message[]): void {
    const held = this.#held.get(conversationId);
    if (held) this.#tell(held, held.change(change));
  }

  #tell({ shown }: HeldConversation, { isReset, messages, hasChanged }: News): void {
    this.#onChange(shown.id);
    if (isReset) this.#emit('messagesReset', shown.id);
    for (const message of messages) this.#emit('message', message);
    if (hasChanged) this.#emit('conversation', shown);
  }
}

const byLatestActivity = (a: Conversation, b: Conversation): number =>
  b.updatedAt.localeCompare(a.updatedAt) || b.id.localeCompare(a.id, undefined, { numeric: true });
