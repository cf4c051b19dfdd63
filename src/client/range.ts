import type { Message } from '../conversations/schemas.ts';
import type { MessagePage } from '../messages/schemas.ts';

/**
 * What is held of one conversation: every message from the first held one to `through`, and beside
 * them those that came early, beyond a gap. `through` never falls, and passes no sequence whose
 * message was not fetched or found unreadable; that makes it safe to tell the server. Messages and
 * pages may be given in any order and any number of times.
 */
export class MessageRange {
  readonly #messages = new Map<number, Message>();
  #from: number;
  #through: number;
  #highest: number;
  #hasOlder: boolean;

  /** Starts empty: nothing up to `through` is held, and what follows is going to be. */
  constructor(through: number) {
    this.#from = through + 1;
    this.#through = through;
    this.#highest = through;
    this.#hasOlder = through > 0;
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

  get hasGap(): boolean {
    return this.#highest > this.#through;
  }

  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Whether an announcement of this sequence asks for a fetch. */
  needs(sequence: number): boolean {
    return sequence >= this.#from && !this.#messages.has(sequence);
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

  /** Takes the page that was asked for with `before`; of no use if `before` is no longer the start. */
  prepend(before: number, page: MessagePage): void {
    if (before !== this.#from) return;
    for (const message of page.messages) this.#messages.set(message.sequence, message);
    this.#from = page.messages[0]?.sequence ?? before;
    this.#hasOlder = page.hasBefore && page.messages.length > 0;
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
