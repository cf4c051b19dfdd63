/**
 * `conversation`: fetch it. `reset`: fetch it, and begin its range anew. `message`: fetch it, unless held.
 * `update`: fetch it, held or not. `line`: the same, though its conversation is not on screen. `gap`: fetch what is
 * missing.
 */
export type HintKind = 'conversation' | 'reset' | 'message' | 'update' | 'line' | 'gap';

export interface Hint {
  kind: HintKind;
  id: string;
  /** Grows with every hint, so that one can tell which came before a moment. */
  stamp: number;
}

/** The most ids that one batch may ask for. */
export const BATCH = 100;

/** From so many on, reading the list of conversations costs less than reading each. */
const MANY_CONVERSATIONS = 10;

/** What each kind is answered by as well. */
const wider: Partial<Record<HintKind, HintKind>> = { conversation: 'reset', message: 'update' };
const widest = (kind: HintKind): HintKind => wider[kind] ?? kind;

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

  /** Takes hints that one job answers. A reset goes first: what it drops need not be completed before. */
  take(): Hint[] {
    const waiting = [...this.#hints.values()];
    const first = waiting.find(({ kind }) => kind === 'reset') ?? waiting[0];
    if (!first) return [];
    const alike = waiting.filter(({ kind }) => widest(kind) === widest(first.kind));
    const size = jobSize(first.kind, alike.length);
    const taken = size === 1 ? [first] : alike.slice(0, size);
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
    const isWidest = earlier?.kind === widest(hint.kind);
    this.#hints.set(keyOf(hint), {
      ...hint,
      kind: isWidest ? earlier.kind : hint.kind,
      stamp: Math.min(hint.stamp, earlier?.stamp ?? hint.stamp),
    });
  }
}

const keyOf = ({ kind, id }: Hint): string => `${widest(kind)} ${id}`;

const jobSize = (kind: HintKind, waiting: number): number => {
  if (kind === 'message' || kind === 'update' || kind === 'line') return BATCH;
  return kind !== 'gap' && waiting >= MANY_CONVERSATIONS ? waiting : 1;
};
