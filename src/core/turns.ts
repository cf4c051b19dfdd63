/** Milliseconds of a turn of the event loop in which work is begun; then timers, sockets and newcomers have their turn. */
const BUDGET = 4;
/** Pieces of work that are begun in a turn at most. */
const BATCH = 100;

/** What does not wait for each other. A sign-in is work for some tenths of a second, for a thread of its own. */
export type Kind = 'read' | 'write' | 'signIn';

export const KINDS: readonly Kind[] = ['read', 'write', 'signIn'];

interface Waiting {
  begin: () => void;
  since: number;
}

/**
 * Begins work when there is time for it: of each kind so many pieces may be under way `atOnce`, and no turn of the
 * event loop begins more than it can do in some milliseconds. What waits is begun in the order in which it
 * came, the kinds by turns.
 */
export function keepTurns(atOnce: Readonly<Record<Kind, number>>) {
  const waiting: Record<Kind, Waiting[]> = { read: [], write: [], signIn: [] };
  const underWay: Record<Kind, number> = { read: 0, write: 0, signIn: 0 };
  /** Of the work that is begun as it is read, in Node's poll phase. */
  let readingSince: number | undefined;
  /** Of the work that waited, in the check phase that follows. */
  let catchingUpSince: number | undefined;
  let isCatchingUp = false;
  let stepsLeft = 0;
  let lastKind = 0;
  let begun = 0;

  /** Milliseconds of this turn's poll phase. */
  function reading(): number {
    const now = performance.now();
    if (readingSince !== undefined) return now - readingSince;
    readingSince = now;
    setImmediate(endReading);
    return 0;
  }

  function endReading(): void {
    readingSince = undefined;
  }

  const canBegin = (kind: Kind): number =>
    Math.min(waiting[kind].length, Math.max(0, atOnce[kind] - underWay[kind]));

  const canBeginAny = (): number => KINDS.reduce((sum, kind) => sum + canBegin(kind), 0);

  function keepCatchingUp(): void {
    isCatchingUp = canBeginAny() > 0;
    if (isCatchingUp) setImmediate(catchUp);
  }

  function catchUp(): void {
    catchingUpSince = undefined;
    stepsLeft = Math.min(canBeginAny(), BATCH);
    for (let step = 0; step < stepsLeft; step += 1) setImmediate(takeStep);
    if (stepsLeft === 0) isCatchingUp = false;
  }

  /** One piece of work per callback: what it does at once, in promises too, is done before the next looks at the clock. */
  function takeStep(): void {
    const now = performance.now();
    catchingUpSince ??= now;
    if (now - catchingUpSince < BUDGET) beginNext();
    stepsLeft -= 1;
    if (stepsLeft > 0) return;
    keepCatchingUp();
  }

  function beginNext(): void {
    for (let tried = 0; tried < KINDS.length; tried += 1) {
      lastKind = (lastKind + 1) % KINDS.length;
      const kind = KINDS[lastKind] ?? 'read';
      if (canBegin(kind) === 0) continue;
      underWay[kind] += 1;
      begun += 1;
      waiting[kind].shift()?.begin();
      return;
    }
  }

  return {
    /** Calls `begin`, now or in a later turn; `end` has to follow it. */
    run(kind: Kind, begin: () => void): void {
      const isNext = !isCatchingUp && waiting[kind].length === 0 && underWay[kind] < atOnce[kind];
      if (isNext && reading() < BUDGET) {
        underWay[kind] += 1;
        begun += 1;
        begin();
        return;
      }
      waiting[kind].push({ begin, since: performance.now() });
      if (!isCatchingUp) keepCatchingUp();
    },

    /** What was begun, ended for a while and goes on; `end` has to follow it. */
    goOn(kind: Kind): void {
      underWay[kind] += 1;
    },

    end(kind: Kind): void {
      underWay[kind] -= 1;
      if (!isCatchingUp && waiting[kind].length > 0) keepCatchingUp();
    },

    /** Milliseconds that what comes now has waited, or will at least wait. */
    delay(kind: Kind): number {
      const [first] = waiting[kind];
      return first ? performance.now() - first.since : reading();
    },

    /** Pieces of work so far. */
    begun: (): number => begun,
    underWay: (kind: Kind): number => underWay[kind],
    waiting: (kind: Kind): number => waiting[kind].length,
  };
}
