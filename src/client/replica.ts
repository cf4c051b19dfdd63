import type { Conversation, Message } from '../conversations/schemas.ts';
import type { MessagePage } from '../messages/schemas.ts';
import type { Position } from '../sync/schemas.ts';
import type { Emit } from './events.ts';
import { MessageRange } from './range.ts';
import { isUnreadAsFetched, showConversation } from './show-conversation.ts';

interface Held {
  /** As the server answered it last. */
  fetched: Conversation;
  /** As it is shown: with the messages held since, and what was read here. */
  conversation: Conversation;
  range: MessageRange;
  /** Every change up to here is applied. Not `fetched.version`, which may run ahead of the messages. */
  version: number;
  readHere: number;
}

interface News {
  isReset?: boolean;
  messages?: readonly Message[];
}

type Positions = Readonly<Record<string, Position>>;

/** Of a conversation that is new or reset, at most so many of the last messages are fetched unasked. */
const MESSAGES_TO_START_WITH = 100;

/** What this device holds of the server's state, and the events that tell how it changes. */
export class Replica {
  readonly #held = new Map<string, Held>();
  /** Of conversations that were removed, how far they were held. */
  readonly #gone = new Map<string, number>();
  readonly #username: string;
  readonly #emit: Emit;
  #hasCaughtUp = false;

  constructor(username: string, emit: Emit) {
    this.#username = username;
    this.#emit = emit;
  }

  conversation(id: string): Conversation | undefined {
    return this.#held.get(id)?.conversation;
  }

  /** Latest activity first. */
  conversations(): Conversation[] {
    const conversations = [...this.#held.values()].map(({ conversation }) => conversation);
    return conversations.sort(byLatestActivity);
  }

  range(conversationId: string): MessageRange | undefined {
    return this.#held.get(conversationId)?.range;
  }

  /** What `/sync` is asked with: how far everything is held, which may be less than was seen. */
  positions(): Positions {
    const entries = [...this.#held].map(([id, { range, version }]) => [
      id,
      [range.through, version],
    ]);
    return Object.fromEntries(entries);
  }

  /**
   * Everything that `/sync` named between these positions has been fetched. What began anew since it was asked
   * stays where that put it: of what is not in the question the answer names no changes.
   */
  settle(asked: Positions, answered: Positions): void {
    for (const [id, [, version]] of Object.entries(answered)) {
      const held = this.#held.get(id);
      if (held && held.version === asked[id]?.[1]) held.version = Math.max(held.version, version);
    }
    this.#hasCaughtUp = true;
  }

  /** Takes a conversation as fetched, unless something later is held already. Returns its range. */
  apply(conversation: Conversation): MessageRange {
    const held = this.#held.get(conversation.id) ?? this.#insert(conversation);
    if (!isOlder(conversation, held.fetched)) this.#update(held, conversation);
    return held.range;
  }

  /**
   * Takes a conversation of which nothing that is held counts any more: too much is new, or another
   * membership began. What was announced as new once must not be new again, so the range never starts below
   * where it was; unless the server was restored from a backup and has less than was held when it was asked,
   * up to `heldThrough`: then all of it is void. Messages that came after it was read stay.
   */
  restart(fetched: Conversation, heldThrough: number): void {
    const held = this.#held.get(fetched.id);
    if (!held) return void this.#insert(fetched);
    const { lastSequence } = fetched;
    const { through, highest } = held.range;
    const isVoid = lastSequence < heldThrough || fetched.version < held.version;
    const start = Math.max(lastSequence - MESSAGES_TO_START_WITH, Math.min(through, lastSequence));
    const since = held.range.list(lastSequence + 1);
    held.range = rangeOf(fetched, isVoid ? startOfNews(fetched) : start);
    if (!isVoid) {
      held.range.exists(highest);
      held.range.receive(since);
    }
    held.version = fetched.version;
    held.readHere = 0;
    this.#update(held, fetched, { isReset: true });
  }

  remove(conversationId: string): void {
    const held = this.#held.get(conversationId);
    if (!held) return;
    this.#gone.set(conversationId, held.range.through);
    this.#held.delete(conversationId);
    this.#emit('conversationRemoved', conversationId);
  }

  receive(conversationId: string, messages: readonly Message[]): void {
    this.#change(conversationId, (range) => range.receive(messages));
  }

  cover(conversationId: string, after: number, page: MessagePage, highest: number): void {
    this.#change(conversationId, (range) => range.cover(after, page, highest));
  }

  /** After a page was put before the range, which may show what is unread. */
  lengthened(conversationId: string): void {
    this.#change(conversationId, () => []);
  }

  /** Shows the conversation as read up to `sequence`, or further if it was. Returns up to where then. */
  markRead(conversationId: string, sequence: number): number {
    const held = this.#held.get(conversationId);
    if (!held) return sequence;
    held.readHere = Math.max(held.readHere, Math.min(sequence, held.conversation.lastSequence));
    this.#show(held);
    return held.readHere;
  }

  /** Shows the conversation as the server has it, which has refused the marker. */
  unmarkRead(conversationId: string): void {
    const held = this.#held.get(conversationId);
    if (!held) return;
    held.readHere = 0;
    this.#show(held);
  }

  /** Whether a conversation, once this message of it has changed, is only to be had from the server. */
  isOutdatedBy(conversationId: string, sequence: number): boolean {
    const held = this.#held.get(conversationId);
    if (!held) return false;
    const { fetched, conversation, range } = held;
    const { lastSequence, readSequence } = conversation;
    if (sequence === lastSequence && sequence < range.from) return true;
    const isCounted = sequence > readSequence && sequence <= fetched.lastSequence;
    return isCounted && isUnreadAsFetched(fetched, range, readSequence);
  }

  #insert(fetched: Conversation): Held {
    const range = rangeOf(fetched, this.#startOf(fetched));
    const { version } = fetched;
    const held = { fetched, conversation: fetched, range, version, readHere: 0 };
    this.#held.set(fetched.id, held);
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

  #update(held: Held, fetched: Conversation, { isReset = false } = {}): void {
    held.fetched = fetched;
    held.range.exists(fetched.lastSequence);
    const { dropped, added } = held.range.clear(fetched.clearedThrough);
    this.#show(held, { isReset: isReset || dropped > 0, messages: added });
  }

  #change(conversationId: string, change: (range: MessageRange) => Message[]): void {
    const held = this.#held.get(conversationId);
    if (held) this.#show(held, { messages: change(held.range) });
  }

  /** Everything is as it should be before the first listener hears of it. */
  #show(held: Held, { isReset = false, messages = [] }: News = {}): void {
    const before = held.conversation;
    held.conversation = showConversation(held.fetched, held.range, {
      username: this.#username,
      readHere: held.readHere,
    });
    const hasChanged = !isEqual(before, held.conversation);
    if (isReset) this.#emit('messagesReset', before.id);
    for (const message of messages) this.#emit('message', message);
    if (hasChanged) this.#emit('conversation', held.conversation);
  }
}

const startOfNews = ({ lastSequence, readSequence }: Conversation): number =>
  Math.max(readSequence, lastSequence - MESSAGES_TO_START_WITH, 0);

const rangeOf = ({ lastSequence, clearedThrough }: Conversation, start: number): MessageRange => {
  const range = new MessageRange(start, clearedThrough);
  range.exists(lastSequence);
  return range;
};

/** Both only grow, but a version does not count messages. */
const isOlder = (fetched: Conversation, held: Conversation): boolean =>
  fetched.version < held.version ||
  (fetched.version === held.version && fetched.lastSequence < held.lastSequence);

const byLatestActivity = (a: Conversation, b: Conversation): number =>
  b.updatedAt.localeCompare(a.updatedAt) || b.id.localeCompare(a.id, undefined, { numeric: true });

const isEqual = (a: Conversation, b: Conversation): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
