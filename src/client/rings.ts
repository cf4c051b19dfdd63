import type { Conversation } from '../conversations/schemas.ts';
import type { KeptRung } from './kept-store.ts';
import type { MessageRange } from './range.ts';

/** What has rung of a conversation and is not fetched, because it is not on screen. */
export class Rings {
  /** Messages up to here exist, if what rang is true. */
  #through = 0;
  /** When that was. */
  #at = '';
  /** Messages that have changed since they were fetched. */
  readonly outdated = new Set<number>();

  get through(): number {
    return this.#through;
  }

  /** Undefined when all of it is held. */
  keep(range: MessageRange): KeptRung | undefined {
    if (this.#through <= range.through) return undefined;
    return { through: this.#through, at: this.#at, newest: range.early().at(-1) };
  }

  take(sequence: number, at: string): void {
    if (sequence <= this.#through) return;
    this.#through = sequence;
    this.#at = at;
  }

  /** The server was asked when nothing beyond `through` had rung: there is no more than it has answered. */
  answered(through: number): void {
    if (this.#through <= through) this.#through = 0;
  }

  /**
   * The conversation as the server would show it by now, if what nobody has fetched is by others: each sequence that
   * `shown` does not count is one more, whether it rang itself or was passed over.
   */
  raise(shown: Conversation, range: MessageRange, username: string): Conversation {
    const { lastSequence, readSequence, unread, lastMessage } = shown;
    if (this.#through <= lastSequence) return shown;
    const base = Math.max(lastSequence, readSequence);
    const known = range
      .early()
      .filter(({ sequence }) => sequence > lastSequence && sequence <= this.#through);
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
}
