import type { Gather } from './gather.ts';
import { BATCH } from './hints.ts';
import type { Patience } from './patience.ts';
import type { Replica } from './replica.ts';
import type { Screen } from './screen.ts';

/** Milliseconds between two calls, however much is said. */
const REST = 2_500;

interface LastLinesOptions {
  replica: Replica;
  gather: Gather;
  patience: Patience;
  screen: Screen;
}

/**
 * Keeps the last lines that a list shows of conversations: of all that is said only the newest message is fetched,
 * those of many conversations by one call.
 */
export class LastLines {
  readonly #options: LastLinesOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** By the clock of `performance`: when the next call is to be made, and not before when. */
  #dueAt = Number.POSITIVE_INFINITY;
  #restsUntil = 0;

  constructor(options: LastLinesOptions) {
    this.#options = options;
  }

  /** Something rang in this conversation, which may not be listed at all. */
  changed(conversationId: string): void {
    const { screen, patience } = this.#options;
    if (screen.lists(conversationId)) this.#lookWithin(patience.of(conversationId));
  }

  /** Other lines may be on screen than before. */
  look(): void {
    this.#lookWithin(0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  #lookWithin(patience: number): void {
    const now = performance.now();
    const at = Math.max(now + patience, this.#restsUntil);
    if (at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => this.#fetch(), at - now);
  }

  /** All that are out of date by now, also those that have time. */
  #fetch(): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    const { screen } = this.#options;
    let count = 0;
    for (const id of screen.listed) {
      if (count === BATCH) break;
      if (this.#fetchLineOf(id)) count += 1;
    }
    if (count > 0) this.#restsUntil = performance.now() + REST;
    if (count === BATCH) this.look();
  }

  /** Returns whether that is necessary. */
  #fetchLineOf(conversationId: string): boolean {
    const { replica, gather } = this.#options;
    const sequence = replica.unfetched(conversationId)?.takeLastLine();
    if (sequence === undefined) return false;
    const isBeforeHeld = sequence < (replica.range(conversationId)?.from ?? 0);
    if (isBeforeHeld) gather.add('conversation', conversationId);
    else gather.add('line', `${conversationId}-${sequence}`);
    return true;
  }
}
