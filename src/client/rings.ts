import type { Conversation } from '../conversations/schemas.ts';
import type { HeldConversation } from './held-conversation.ts';
import type { KeptRung } from './kept-store.ts';

type Held = Pick<HeldConversation, 'range' | 'shown' | 'isOutdatedBy'>;

/** What has rung of a conversation and is not fetched, because it is not on screen. */
export class Rings {
  /** Messages of the range that have changed since they were fetched, or whose change the conversation shows. */
  readonly outdated = new Set<number>();
  /** Something that `/sync` may have named and that belongs to the range was not fetched. */
  hasSetAside = false;
  readonly #held: Held;
  #through = 0;
  #at = '';

  constructor(held: Held) {
    this.#held = held;
  }

  /** The highest sequence that rang; 0 when there is nothing to know of that. */
  get through(): number {
    return this.#through;
  }

  /** How many messages are missing at the end of the range. */
  get lag(): number {
    const { highest, through } = this.#held.range;
    return Math.max(highest, this.#through) - through;
  }

  /** A message exists that is not going to be fetched now; `at`: since when, for the order of conversations. */
  created(sequence: number, at: string): void {
    if (sequence <= this.#through) return;
    this.#through = sequence;
    this.#at = at;
  }

  /** A message has changed that is not going to be fetched now. */
  updated(sequence: number): void {
    const { range } = this.#held;
    if (range.needsAgain(sequence) || this.#held.isOutdatedBy(sequence))
      this.outdated.add(sequence);
  }

  /** `/sync` may have named these as created or updated. */
  setAside(sequences: readonly number[], at: string): void {
    const { range } = this.#held;
    for (const sequence of sequences) {
      if (sequence >= range.from) this.hasSetAside = true;
      const isNew = sequence > range.through;
      if (isNew) this.created(sequence, at);
      if (!isNew || range.get(sequence)) this.updated(sequence);
    }
  }

  /** The server was asked when nothing beyond `through` had rung: there is no more than it has answered. */
  answered(through: number): void {
    if (this.#through <= through) this.#through = 0;
  }

  /** All of it was of what is void. */
  forget(): void {
    this.#through = 0;
    this.outdated.clear();
  }

  /** Whoever takes them has them fetched. */
  takeOutdated(): number[] {
    const outdated = [...this.outdated];
    this.outdated.clear();
    return outdated;
  }

  /** The last message if it is not shown as it is. Whoever takes it has it fetched. */
  takeLastLine(): number | undefined {
    const { shown, range } = this.#held;
    const last = shown.lastMessage?.sequence ?? 0;
    const isRung = this.#through === shown.lastSequence && this.#through > range.through;
    if (isRung && this.#through > last) return this.#through;
    return this.outdated.delete(last) ? last : undefined;
  }

  /**
   * The conversation as the server would show it by now, if what nobody has fetched is by others: each sequence that
   * `shown` does not count is one more, whether it rang itself or was passed over.
   */
  raise(shown: Conversation, username: string): Conversation {
    const { lastSequence, readSequence, unread, lastMessage } = shown;
    if (this.#through <= lastSequence) return shown;
    const base = Math.max(lastSequence, readSequence);
    const early = this.#held.range.early();
    const known = early.filter(
      ({ sequence }) => sequence > lastSequence && sequence <= this.#through,
    );
    const uncounted = known.filter(
      ({ sequence, sender, deletedAt }) =>
        sequence > base && (sender === username || deletedAt !== null),
    );
    const newest = known.at(-1);
    return {
      ...shown,
      lastSequence: this.#through,
      unread: unread + Math.max(0, this.#through - base) - uncounted.length,
      lastMessage: newest ?? lastMessage,
      archived: false,
      updatedAt: newest?.sequence === this.#through ? newest.createdAt : this.#at,
    };
  }

  /** Undefined when all of it is held. */
  keep(): KeptRung | undefined {
    const { range } = this.#held;
    if (this.#through <= range.through) return undefined;
    return { through: this.#through, at: this.#at, newest: range.early().at(-1) };
  }

  restore({ through, at, newest }: KeptRung): void {
    this.created(through, at);
    if (newest) this.#held.range.receive([newest]);
  }
}
