import type { Conversation, Message } from '../conversations/schemas.ts';
import type { Position } from '../sync/schemas.ts';
import type { KeptConversation } from './kept-store.ts';
import { MessageRange } from './range.ts';
import { Rings } from './rings.ts';
import { isUnreadAsFetched, showConversation } from './show-conversation.ts';

/** What listeners are to hear of a change. */
export interface News {
  /** Messages that were held are dropped. */
  isReset: boolean;
  messages: readonly Message[];
  /** The conversation is shown differently than before. */
  hasChanged: boolean;
}

/** Of a conversation that is new or reset, at most so many of the last messages are fetched unasked. */
const MESSAGES_TO_START_WITH = 100;

/** So many of the last messages are kept for the next run of the program. */
const MESSAGES_TO_KEEP = 100;

/** One conversation and the run of its messages that is held. */
export class HeldConversation {
  /** Every change up to here is applied. Not that of `shown`, which may run ahead of the messages. */
  version: number;
  readonly rings = new Rings(this);
  readonly #username: string;
  /** As the server answered it last. */
  #fetched: Conversation;
  #shown: Conversation;
  #range: MessageRange;
  /** Read up to here on this device, though the server may not know it yet. */
  #readHere = 0;

  /** Nothing up to `start` is held, and what follows is going to be. */
  constructor(username: string, fetched: Conversation, start: number) {
    this.#username = username;
    this.#fetched = fetched;
    this.#shown = fetched;
    this.#range = rangeOf(fetched, start);
    this.version = fetched.version;
  }

  static restore(username: string, kept: KeptConversation): HeldConversation {
    const held = new HeldConversation(username, withoutPresence(kept.fetched), 0);
    held.version = kept.version;
    held.#readHere = kept.readHere;
    held.#range = MessageRange.restore(kept.range);
    held.#range.exists(kept.fetched.lastSequence);
    if (kept.rung) held.rings.restore(kept.rung);
    held.#show();
    return held;
  }

  keep(): KeptConversation {
    const rung = this.rings.keep();
    return {
      ...(rung ? { rung } : {}),
      fetched: this.#fetched,
      version: this.version,
      readHere: this.#readHere,
      range: this.#range.keep(MESSAGES_TO_KEEP),
    };
  }

  /** With the messages held since it was fetched, what was read here, and what has rung. */
  get shown(): Conversation {
    return this.#shown;
  }

  get range(): MessageRange {
    return this.#range;
  }

  /** Whether the server has moved on to this position since it answered. */
  isFetchedBefore([sequence, version]: Position): boolean {
    return this.#fetched.lastSequence < sequence || this.#fetched.version < version;
  }

  /** Takes the conversation as fetched, unless something later is held already. */
  update(fetched: Conversation): News {
    return this.#take(isOlder(fetched, this.#fetched) ? this.#fetched : fetched);
  }

  /**
   * Takes the conversation when nothing that is held counts any more: too much is new, or another membership
   * began. What was announced as new once must not be new again, so the range never starts below
   * where it was; unless the server was restored from a backup and has less than was held when it was asked,
   * up to `heldThrough`: then all of it is void. Messages that came after it was read stay.
   */
  restart(fetched: Conversation, heldThrough: number): News {
    const isVoid = fetched.lastSequence < heldThrough || fetched.version < this.version;
    if (isVoid) this.#readHere = 0;
    if (isVoid) this.rings.forget();
    this.#range = isVoid ? rangeOf(fetched, startOfNews(fetched)) : this.#shortened(fetched);
    this.version = fetched.version;
    return { ...this.#take(fetched), isReset: true };
  }

  change(change: (range: MessageRange) => Message[]): News {
    const messages = change(this.#range);
    return { isReset: false, messages, hasChanged: this.#show() };
  }

  /** Never back, nor beyond the last message. Returns up to where it is shown as read then. */
  markRead(sequence: number): number {
    this.#readHere = Math.max(this.#readHere, Math.min(sequence, this.#shown.lastSequence));
    return this.#readHere;
  }

  unmarkRead(): void {
    this.#readHere = 0;
  }

  /** Whether the conversation, once this message of it has changed, is only to be had from the server. */
  isOutdatedBy(sequence: number): boolean {
    const { lastSequence, readSequence } = this.#shown;
    if (sequence === lastSequence && sequence < this.#range.from) return true;
    const isCounted = sequence > readSequence && sequence <= this.#fetched.lastSequence;
    return isCounted && isUnreadAsFetched(this.#fetched, this.#range, readSequence);
  }

  #take(fetched: Conversation): News {
    this.#fetched = fetched;
    this.#range.exists(fetched.lastSequence);
    const { dropped, added } = this.#range.clear(fetched.clearedThrough);
    return { isReset: dropped > 0, messages: added, hasChanged: this.#show() };
  }

  /** What is left of the range: nothing but the messages that came after `fetched`. */
  #shortened(fetched: Conversation): MessageRange {
    const { lastSequence } = fetched;
    const { through, highest } = this.#range;
    const start = Math.max(lastSequence - MESSAGES_TO_START_WITH, Math.min(through, lastSequence));
    const range = rangeOf(fetched, start);
    range.exists(highest);
    range.receive(this.#range.list(lastSequence + 1));
    return range;
  }

  /** Returns whether that makes a difference. */
  #show(): boolean {
    const before = JSON.stringify(this.#shown);
    const [username, { outdated }] = [this.#username, this.rings];
    const viewer = { username, readHere: this.#readHere, outdated };
    const shown = showConversation(this.#fetched, this.#range, viewer);
    this.#shown = this.rings.raise(shown, username);
    return JSON.stringify(this.#shown) !== before;
  }
}

/** Whether somebody is online is not for keeping. */
const withoutPresence = (fetched: Conversation): Conversation => ({
  ...fetched,
  with: fetched.with && { ...fetched.with, online: false },
});

/** Where the messages begin that are news to the user. */
export const startOfNews = ({ lastSequence, readSequence }: Conversation): number =>
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
