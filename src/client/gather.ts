import { Backoff } from './backoff.ts';
import { retryAfterOf } from './errors.ts';
import type { Fetcher } from './fetcher.ts';
import { type Hint, type HintKind, Hints } from './hints.ts';

type Fetches = Pick<Fetcher, 'fetchMessages' | 'fetchLines' | 'fetchConversations' | 'complete'>;

interface Waiting {
  /** For the hints that were there then. */
  stamp: number;
  /** Whether for as long as it takes. */
  isPatient: boolean;
  resolve: () => void;
}

/**
 * Turns hints into fetches. They are gathered for some milliseconds, so that a burst becomes one call,
 * or for longer, as far as whoever adds them has time; the first that has none takes all of them along. They are
 * handled one job at a time, so that the pages of a conversation arrive in order. A hint leaves
 * only when what it names is held, missing, or its conversation is gone; until then it is retried.
 */
export class Gather {
  readonly #fetcher: Fetches;
  readonly #milliseconds: number;
  readonly #hints = new Hints();
  readonly #backoff = new Backoff();
  #waiting: Waiting[] = [];
  /** When the next fetch is to begin, by the clock of `performance`. */
  #dueAt = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;
  /** It did, when it was tried last. */
  #isFailing = false;
  #isPaused = false;

  constructor(fetcher: Fetches, milliseconds: number) {
    this.#fetcher = fetcher;
    this.#milliseconds = milliseconds;
  }

  /** It may wait for so many milliseconds longer than others. */
  add(kind: HintKind, id: string, patience = 0): void {
    this.#hints.add(kind, id);
    this.#beginWithin(patience);
  }

  /** What waits has no more time. */
  hurry(): void {
    if (this.#hints.size > 0) this.#beginWithin(0);
  }

  /** Resolves when all that was added so far is done, and what followed from it too. */
  settled(): Promise<void> {
    return this.#wait(true);
  }

  /** Like settled(), but waits for nothing that fails or pauses. */
  attempted(): Promise<void> {
    return this.#isPaused || this.#isFailing ? Promise.resolve() : this.#wait(false);
  }

  /** Hints are kept until resume(). */
  pause(): void {
    this.#isPaused = true;
    this.#answer(({ isPatient }) => !isPatient);
    clearTimeout(this.#timer);
    this.#backoff.stop();
  }

  resume(): void {
    this.#isPaused = false;
    this.#start();
  }

  #wait(isPatient: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ stamp: this.#hints.stamp, isPatient, resolve });
      this.hurry();
      if (!this.#isRunning) this.#answerWaiting();
    });
  }

  #beginWithin(patience: number): void {
    const at = performance.now() + this.#milliseconds + patience;
    if (at >= this.#dueAt) return;
    this.#dueAt = at;
    this.#start();
  }

  #start(): void {
    if (this.#isRunning || this.#isPaused || this.#hints.size === 0) return;
    clearTimeout(this.#timer);
    const wait = Math.max(0, this.#dueAt - performance.now());
    this.#timer = setTimeout(() => void this.#run(), wait);
  }

  /** Takes all that has come by now, whatever time it has. */
  async #run(): Promise<void> {
    const { stamp } = this.#hints;
    this.#isRunning = true;
    this.#dueAt = Number.POSITIVE_INFINITY;
    while (!this.#isPaused && this.#hints.hasUntil(stamp)) {
      await this.#attempt(this.#hints.take());
      this.#answerWaiting();
    }
    this.#isRunning = false;
    if (this.#hints.size === 0) this.#dueAt = Number.POSITIVE_INFINITY;
    else if (this.#isPaused) this.#dueAt = performance.now();
    this.#start();
  }

  async #attempt(hints: readonly Hint[]): Promise<void> {
    try {
      await this.#fetch(hints);
      this.#isFailing = false;
      this.#backoff.reset();
    } catch (error) {
      this.#hints.putBack(hints);
      this.#isFailing = true;
      this.#answer(({ isPatient }) => !isPatient);
      if (!this.#isPaused) await this.#backoff.wait(retryAfterOf(error));
    }
  }

  async #fetch(hints: readonly Hint[]): Promise<void> {
    const kind = hints[0]?.kind;
    if (kind === 'message' || kind === 'update') await this.#fetcher.fetchMessages(hints);
    else if (kind === 'line') await this.#fetcher.fetchLines(hints);
    else if (kind !== 'gap') await this.#fetcher.fetchConversations(hints);
    else for (const { id } of hints) await this.#fetcher.complete(id);
  }

  #answerWaiting(): void {
    this.#answer(({ stamp }) => !this.#hints.hasUntil(stamp));
  }

  #answer(isDone: (waiting: Waiting) => boolean): void {
    const done = this.#waiting.filter(isDone);
    this.#waiting = this.#waiting.filter((waiting) => !isDone(waiting));
    for (const { resolve } of done) resolve();
  }
}
