const FIRST = 250;
const LAST = 15_000;

/**
 * Exponential backoff with full jitter: a random delay below a bound that doubles with every failure,
 * so that a crowd of clients spreads out after an outage instead of returning in step. Nor does the
 * bound exceed by much what the outage has lasted: a short one is soon made up for by everybody.
 */
export class Backoff {
  #failures = 0;
  #failingSince = 0;
  #told = false;
  #resume: () => void = () => {};

  /** Waits before the next attempt, and never less than `told` milliseconds (a Retry-After). */
  wait(told = 0): Promise<void> {
    if (this.#failures === 0) this.#failingSince = performance.now();
    const lasted = performance.now() - this.#failingSince;
    const bound = Math.min(LAST, FIRST * 2 ** this.#failures, FIRST + lasted);
    this.#failures += 1;
    return this.pause(told + Math.random() * bound, told > 0);
  }

  /** Waits once, outside the series. */
  pause(milliseconds: number, told = false): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#told = told;
      this.#resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The server is known to be back: ends the wait, unless the server asked for it. */
  hurry(): void {
    if (!this.#told) this.#resume();
  }

  /** Ends the wait in any case, for an owner that stops. */
  stop(): void {
    this.#resume();
  }

  reset(): void {
    this.#failures = 0;
  }
}
