/** How often what was answered, by route and by command. */
export class Tally {
  cases = 0;
  unavailable = 0;
  slowest = { where: '', took: 0 };
  readonly #succeeded = new Map<string, number>();

  /** Milliseconds. */
  measure(where: string, took: number): void {
    if (took > this.slowest.took) this.slowest = { where, took };
  }

  count(where: string, status: number): void {
    this.cases += 1;
    if (status === 503) this.unavailable += 1;
    // An address that answers 426 is a socket's, and what it is there for are the commands.
    const isSuccess = (status >= 200 && status < 400) || status === 426;
    this.#succeeded.set(where, (this.#succeeded.get(where) ?? 0) + Number(isSuccess));
  }

  /** What never went well, so that little of it was seen. */
  get neverSucceeded(): string[] {
    return [...this.#succeeded].filter(([, times]) => times === 0).map(([where]) => where);
  }

  get successes(): number {
    return this.#succeeded.values().reduce((sum, times) => sum + times, 0);
  }
}
