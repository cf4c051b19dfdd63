export interface Finding {
  /** The route or the command. */
  where: string;
  what: string;
  number: number;
  /** What was sent, as a command line. */
  repeat: string;
  times: number;
}

/** What was found wrong, once for each place and kind. */
export class Findings {
  readonly #byKey = new Map<string, Finding>();

  add({ what, ...finding }: Omit<Finding, 'times'>): void {
    // What comes after the colon is of the one case.
    const key = `${finding.where} ${what.split(':')[0]}`;
    const known = this.#byKey.get(key);
    if (known) known.times += 1;
    else this.#byKey.set(key, { ...finding, what, times: 1 });
  }

  get all(): readonly Finding[] {
    return [...this.#byKey.values()];
  }
}
