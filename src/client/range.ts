import type { Message } from '../conversations/schemas.ts';
import type { MessagePage } from '../messages/schemas.ts';
import type { KeptRange } from './kept-store.ts';

/**
 * What is held of one conversation: every message from the first held one to `through`, and beside
 * them those that came early, beyond a gap. `through` never falls, and passes no sequence whose
 * message was not fetched or found unreadable; that makes it safe to tell the server. Messages and
 * pages may be given in any order and any number of times: an older version never replaces a newer one.
 */
export class MessageRange {
  readonly #messages = new Map<number, Message>();
  #from: number;
  #through: number;
  #highest: number;
  /** Up to here there is nothing for this user. */
  #floor: number;
  /** While a page before the range is on its way: what changed meanwhile, which it may show as it was. */
  #changedMeanwhile: Set<number> | undefined;

  /**
   * Starts empty: nothing up to `through` is held, and what follows is going to be. Messages up to
   * `floor` are not shown to this user.
   */
  constructor(through: number, floor = 0) {
    this.#floor = floor;
    this.#through = Math.max(through, floor);
    this.#from = this.#through + 1;
    this.#highest = this.#through;
  }

  static restore({ floor, from, through, messages }: KeptRange): MessageRange {
    const range = new MessageRange(through, floor);
    range.#from = from;
    for (const message of messages) range.#messages.set(message.sequence, message);
    return range;
  }

  /** With at most the last `limit` messages. */
  keep(limit: number): KeptRange {
    const messages = this.list();
    const last = messages.slice(-limit);
    const from = last.length < messages.length ? (last[0]?.sequence ?? this.#from) : this.#from;
    return { floor: this.#floor, from, through: this.#through, messages: last };
  }

  get from(): number {
    return this.#from;
  }

  get through(): number {
    return this.#through;
  }

  /** The highest sequence that the server has shown to exist. An announcement shows nothing. */
  get highest(): number {
    return this.#highest;
  }

  get hasOlder(): boolean {
    return this.#from - 1 > this.#floor;
  }

  /** Whether an announcement of this sequence asks for a fetch. */
  needs(sequence: number): boolean {
    return sequence >= this.#from && !this.#messages.has(sequence);
  }

  /**
   * Whether a change of this message asks for a fetch. One before the range does not, for whatever asks for
   * it from now on gets it changed; what was asked for before is looked at again, see prepend().
   */
  needsAgain(sequence: number): boolean {
    if (sequence >= this.#from) return true;
    this.#changedMeanwhile?.add(sequence);
    return false;
  }

  get(sequence: number): Message | undefined {
    return this.#messages.get(sequence);
  }

  /** Ascending, from `sequence` on, up to `through`. */
  list(sequence = this.#from): Message[] {
    const messages: Message[] = [];
    for (let next = Math.max(sequence, this.#from); next <= this.#through; next += 1) {
      const message = this.#messages.get(next);
      if (message) messages.push(message);
    }
    return messages;
  }

  /** Beyond the gap, ascending. */
  early(): Message[] {
    const early = [...this.#messages.values()].filter(({ sequence }) => sequence > this.#through);
    return early.sort((a, b) => a.sequence - b.sequence);
  }

  /** A message with this sequence exists. */
  exists(sequence: number): void {
    this.#highest = Math.max(this.#highest, sequence);
  }

  /** Returns what is new in the range: newer versions, then the messages that continue it. */
  receive(messages: readonly Message[]): Message[] {
    return this.#receive(messages, this.#through);
  }

  /**
   * Takes the page that was asked for with `after`, when `highest` was known to exist. The page
   * leaves out what this user cannot read; so all sequences that it spans are settled, and when
   * nothing follows it, all up to `highest`.
   */
  cover(after: number, page: MessagePage, highest: number): Message[] {
    if (after > this.#through) return [];
    const last = page.messages.at(-1)?.sequence;
    const isLastPage = !page.hasAfter || last === undefined;
    return this.#receive(page.messages, isLastPage ? Math.max(last ?? after, highest) : last);
  }

  /** To be called before a page is asked for with the `before` that it returns; endPage() in any case after. */
  beginPage(): number {
    this.#changedMeanwhile = new Set();
    return this.#from;
  }

  endPage(): void {
    this.#changedMeanwhile = undefined;
  }

  /**
   * Takes the page that was asked for with `before`; of no use if `before` is no longer the start. Returns
   * what came to be held, and what of that is to be fetched again.
   */
  prepend(before: number, page: MessagePage): { messages: Message[]; changed: Message[] } {
    if (before !== this.#from) return { messages: [], changed: [] };
    const messages = page.messages.filter(({ sequence }) => sequence > this.#floor);
    for (const message of messages) this.#messages.set(message.sequence, message);
    this.#from = messages[0]?.sequence ?? before;
    if (!page.hasBefore || messages.length < page.messages.length || messages.length === 0) {
      this.#floor = this.#from - 1;
    }
    const changed = messages.filter(({ sequence }) => this.#changedMeanwhile?.has(sequence));
    return { messages, changed };
  }

  /**
   * Messages up to `sequence` are not shown to this user any more. Returns how many were dropped, and
   * what continues the range now that it has passed them.
   */
  clear(sequence: number): { dropped: number; added: Message[] } {
    if (sequence <= this.#floor) return { dropped: 0, added: [] };
    this.#floor = sequence;
    this.#from = Math.max(this.#from, sequence + 1);
    this.exists(sequence);
    const cleared = [...this.#messages.keys()].filter((held) => held <= sequence);
    for (const held of cleared) this.#messages.delete(held);
    return { dropped: cleared.length, added: this.#advance(sequence) };
  }

  #receive(messages: readonly Message[], settledThrough: number): Message[] {
    const taken = messages.filter((message) => this.#put(message));
    const changed = taken.filter(({ sequence }) => sequence <= this.#through);
    return [...changed, ...this.#advance(settledThrough)];
  }

  #put(message: Message): boolean {
    const held = this.#messages.get(message.sequence);
    if (message.sequence < this.#from || (held && held.version >= message.version)) return false;
    this.#messages.set(message.sequence, message);
    this.exists(message.sequence);
    return true;
  }

  #advance(settledThrough: number): Message[] {
    const added: Message[] = [];
    while (this.#through < settledThrough || this.#messages.has(this.#through + 1)) {
      this.#through += 1;
      const message = this.#messages.get(this.#through);
      if (message) added.push(message);
    }
    return added;
  }
}
