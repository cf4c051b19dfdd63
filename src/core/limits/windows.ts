import { hash, randomUUID } from 'node:crypto';

/** Keys of one window that are counted each by itself. */
const MOST_KEYS = 100_000;

/**
 * What one process counts in the present window, a thing for each key. At the end of the window all
 * are dropped at once. Beyond so many keys those that are new share 4,096 counts, in a way that nobody
 * outside can foresee: a flood of keys neither costs memory without bound nor makes any key's count be
 * forgotten, and what it takes from the others is only that a few of them count as one.
 */
export function windows<Count>(milliseconds: number, make: (key: string) => Count) {
  const secret = randomUUID();
  let counts = new Map<string, Count>();
  let endsAt = 0;

  function add(key: string): Count {
    const count = make(key);
    counts.set(key, count);
    return count;
  }

  function countOfMany(key: string): Count {
    const shared = `${secret}:${hash('sha256', secret + key).slice(0, 3)}`;
    return counts.get(shared) ?? add(shared);
  }

  return {
    countOf(key: string): Count {
      const now = performance.now();
      if (now >= endsAt) {
        counts = new Map();
        endsAt = now + milliseconds;
      }
      return counts.get(key) ?? (counts.size < MOST_KEYS ? add(key) : countOfMany(key));
    },
    /** Milliseconds to the end of the window. */
    remaining: (): number => endsAt - performance.now(),
  };
}
