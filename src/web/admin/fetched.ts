import { batch, signal } from '@preact/signals';

/** One thing that the server has. What was fetched stays until there is another answer. */
export class Fetched<T> {
  readonly value = signal<T | undefined>(undefined);
  readonly problem = signal<unknown>(undefined);
  readonly isBusy = signal(true);
  readonly #load: () => Promise<T>;
  /** Counts the calls: what a former one answers is of no use any more. */
  #round = 0;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  async again(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.isBusy.value = true;
    try {
      const value = await this.#load();
      if (round === this.#round) this.put(value);
    } catch (error) {
      if (round !== this.#round) return;
      batch(() => {
        this.problem.value = error;
        this.isBusy.value = false;
      });
    }
  }

  /** As another call has answered it. */
  put(value: T): void {
    this.#round += 1;
    batch(() => {
      this.value.value = value;
      this.problem.value = undefined;
      this.isBusy.value = false;
    });
  }
}
