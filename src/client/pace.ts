/**
 * Lets the first of several like things happen at once and, if there were others within the rest that
 * follows, one more when it is over.
 */
export class Pace {
  readonly #milliseconds: number;
  readonly #resting = new Map<string, { timer: ReturnType<typeof setTimeout>; isDue: boolean }>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  run(key: string, action: () => void): void {
    const rest = this.#resting.get(key);
    if (rest) {
      rest.isDue = true;
      return;
    }
    const timer = setTimeout(() => this.#wake(key, action), this.#milliseconds);
    this.#resting.set(key, { timer, isDue: false });
    action();
  }

  /** What is due will not happen. */
  stop(): void {
    for (const { timer } of this.#resting.values()) clearTimeout(timer);
    this.#resting.clear();
  }

  #wake(key: string, action: () => void): void {
    const isDue = this.#resting.get(key)?.isDue;
    this.#resting.delete(key);
    if (isDue) this.run(key, action);
  }
}
