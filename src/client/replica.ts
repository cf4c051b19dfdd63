import type { Conversation, Message } from '../conversations/schemas.ts';
import type { MessagePage } from '../messages/schemas.ts';
import type { Position } from '../sync/schemas.ts';
import type { Emit } from './events.ts';
import { foldMessage } from './fold-message.ts';
import { MessageRange } from './range.ts';

interface Held {
  conversation: Conversation;
  range: MessageRange;
  /** Every change up to here is applied. Not `conversation.version`, which may run ahead of the messages. */
  version: number;
  isReset: boolean;
}

/** Of a conversation that is new or reset, at most so many of the last messages are fetched unasked. */
const MESSAGES_TO_START_WITH = 100;

/** What this device holds of the server's state, and the events that tell how it changes. */
export class Replica {
  readonly #held = new Map<string, Held>();
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
  positions(): Record<string, Position> {
    const entries = [...this.#held].map(([id, { range, version }]) => [
      id,
      [range.through, version],
    ]);
    return Object.fromEntries(entries);
  }

  /** Everything that `/sync` named up to these positions has been fetched. */
  settle(positions: Record<string, Position>): void {
    for (const [id, [, version]] of Object.entries(positions)) {
      const held = this.#held.get(id);
      if (held) held.version = Math.max(held.version, version);
    }
    this.#hasCaughtUp = true;
  }

  /** Takes a conversation as fetched, unless something later is held already. Returns its range. */
  apply(conversation: Conversation): MessageRange {
    const held = this.#held.get(conversation.id) ?? this.#insert(conversation);
    if (held.isReset || !isOlder(conversation, held.conversation)) this.#update(held, conversation);
    return held.range;
  }

  remove(conversationId: string): void {
    if (this.#held.delete(conversationId)) this.#emit('conversationRemoved', conversationId);
  }

  /** Too much is new: the next time that the conversation is fetched, its range starts again. */
  reset(conversationId: string): void {
    const held = this.#held.get(conversationId);
    if (held) held.isReset = true;
  }

  receive(conversationId: string, messages: readonly Message[]): void {
    this.#change(conversationId, (range) => range.receive(messages));
  }

  cover(conversationId: string, after: number, page: MessagePage, highest: number): void {
    this.#change(conversationId, (range) => range.cover(after, page, highest));
  }

  #insert(conversation: Conversation): Held {
    const range = new MessageRange(this.#startOf(conversation));
    const held = { conversation, range, version: conversation.version, isReset: false };
    this.#held.set(conversation.id, held);
    this.#emit('conversation', conversation);
    return held;
  }

  /**
   * Where the range of a conversation begins that nothing is held of. One that was there when the
   * client first caught up is held from its `lastSequence` on; what came before is read when asked
   * for. One that turns up later is new to this user: its unread messages are news too.
   */
  #startOf({ lastSequence, readSequence }: Conversation): number {
    if (!this.#hasCaughtUp) return lastSequence;
    return Math.max(readSequence, lastSequence - MESSAGES_TO_START_WITH, 0);
  }

  #update(held: Held, fetched: Conversation): void {
    if (held.isReset) this.#restart(held, fetched);
    const before = held.conversation;
    held.range.exists(fetched.lastSequence);
    // It may have been read before the last messages that are held.
    held.conversation = this.#fold(fetched, held.range.list(fetched.lastSequence + 1));
    if (!isEqual(before, held.conversation)) this.#emit('conversation', held.conversation);
  }

  /**
   * What was announced as new once must not be new again, so the range never starts below where it
   * was; unless the server was restored from a backup and has less than that: then all of it is void.
   */
  #restart(held: Held, { lastSequence, version }: Conversation): void {
    const { through, highest } = held.range;
    const isVoid = lastSequence < through || version < held.version;
    held.range = new MessageRange(
      Math.max(lastSequence - MESSAGES_TO_START_WITH, isVoid ? 0 : through),
    );
    if (!isVoid) held.range.exists(highest);
    held.version = version;
    held.isReset = false;
    this.#emit('messagesReset', held.conversation.id);
  }

  #change(conversationId: string, change: (range: MessageRange) => Message[]): void {
    const held = this.#held.get(conversationId);
    if (!held) return;
    const messages = change(held.range);
    const before = held.conversation;
    held.conversation = this.#fold(before, messages);
    for (const message of messages) this.#emit('message', message);
    if (held.conversation !== before) this.#emit('conversation', held.conversation);
  }

  #fold(conversation: Conversation, messages: readonly Message[]): Conversation {
    return messages.reduce(
      (folded, message) => foldMessage(folded, message, this.#username),
      conversation,
    );
  }
}

/** The read marker is the user's own and not counted by the version. */
const isOlder = (fetched: Conversation, held: Conversation): boolean =>
  fetched.version < held.version ||
  (fetched.version === held.version && fetched.readSequence < held.readSequence);

const byLatestActivity = (a: Conversation, b: Conversation): number =>
  b.updatedAt.localeCompare(a.updatedAt) || b.id.localeCompare(a.id, undefined, { numeric: true });

const isEqual = (a: Conversation, b: Conversation): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
