/** Finds what belongs to each key; undefined stands for nothing. */
export type LookUp<Key, Found> = (key: Key) => Promise<Found | undefined>;

interface Asked<Key, Found> {
  key: Key;
  resolve(found: Found | undefined): void;
  reject(error: unknown): void;
}

/** Keys of one query, unless it is told otherwise. */
const MOST = 200;

interface Bounds<Key> {
  /** Of the sizes of the keys of one query; a key that is larger has one to itself. */
  most?: number;
  sizeOf?: (key: Key) => number;
}

/**
 * Makes one query of what is asked for in one turn of the event loop. No query is joined that is under way already, so
 * each sees all that was committed before it was asked for. `query` resolves to what it finds, in the order of
 * its keys.
 */
export function gather<Key, Found>(
  query: (keys: readonly Key[]) => Promise<readonly (Found | undefined)[]>,
  { most = MOST, sizeOf = () => 1 }: Bounds<Key> = {},
): LookUp<Key, Found> {
  let asked: Asked<Key, Found>[] = [];

  async function run(batch: readonly Asked<Key, Found>[]): Promise<void> {
    try {
      const found = await query(batch.map(({ key }) => key));
      for (const [index, { resolve }] of batch.entries()) resolve(found[index]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  function runAll(): void {
    const all = asked;
    asked = [];
    let first = 0;
    let size = 0;
    for (const [at, { key }] of all.entries()) {
      const own = sizeOf(key);
      if (at > first && size + own > most) {
        void run(all.slice(first, at));
        first = at;
        size = 0;
      }
      size += own;
    }
    void run(all.slice(first));
  }

  return (key) =>
    new Promise((resolve, reject) => {
      asked.push({ key, resolve, reject });
      if (asked.length === 1) setImmediate(runAll);
    });
}
