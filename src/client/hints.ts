/** `conversation`: fetch it. `message`: fetch it, unless held. `gap`: fetch what is missing. */
export type HintKind = 'conversation' | 'message' | 'gap';

export interface Hint {
  kind: HintKind;
  id: string;
  /** Grows with every hint, so that one can tell which came before a moment. */
  stamp: number;
}

/** The most ids that one batch may ask for. */
const BATCH = 100;

/** From so many on, reading the list of conversations costs less than reading each. */
const MANY_CONVERSATIONS = 10;

/** What is known to be worth fetching, each thing once, in the order in which it became known. */
export class Hints {
  readonly #hints = new Map<string, Hint>();
  #stamp = 0;

  get stamp(): number {
    return this.#stamp;
  }

  get size(): number {
    return this.#hints.size;
  }

  add(kind: HintKind, id: string): void {
    this.#stamp += 1;
    this.#put({ kind, id, stamp: this.#stamp });
  }

  /** Takes the hints of one kind that one job answers. */
  take(): Hint[] {
    const [first] = this.#hints.values();
    if (!first) return [];
    const alike = [...this.#hints.values()].filter(({ kind }) => kind === first.kind);
    const taken = alike.slice(0, jobSize(first.kind, alike.length));
    for (const hint of taken) this.#hints.delete(keyOf(hint));
    return taken;
  }

  /** After a job that failed: behind the others, so that one that always fails holds up none. */
  putBack(hints: readonly Hint[]): void {
    for (const hint of hints) this.#put(hint);
  }

  /** Whether a hint is left that was there at `stamp`. */
  hasUntil(stamp: number): boolean {
    return [...this.#hints.values()].some((hint) => hint.stamp <= stamp);
  }

  #put(hint: Hint): void {
    const earlier = this.#hints.get(keyOf(hint));
    this.#hints.set(keyOf(hint), {
      ...hint,
      stamp: Math.min(hint.stamp, earlier?.stamp ?? hint.stamp),
    });
  }
}

const keyOf = ({ kind, id }: Hint): string => `${kind} ${id}`;

const jobSize = (kind: HintKind, waiting: number): number => {
  if (kind === 'message') return BATCH;
  return kind === 'conversation' && waiting >= MANY_CONVERSATIONS ? waiting : 1;
};
