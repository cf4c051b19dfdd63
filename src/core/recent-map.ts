/**
 * Keeps what was set or got last, as long as all of it costs no more than `most`, and at least half as much as that; one
 * that costs more alone stays until others come. Two maps take turns: one whose first keys are deleted one by one searches
 * ever longer for the next of them.
 */
export function recentMap<Key, Value extends object>(
  most: number,
  costOf: (value: Value) => number = () => 1,
) {
  let recent = new Map<Key, Value>();
  let older = new Map<Key, Value>();
  /** Of what is recent. */
  let cost = 0;

  function forget(key: Key): void {
    const known = recent.get(key);
    if (known && recent.delete(key)) cost -= costOf(known);
    older.delete(key);
  }

  function set(key: Key, value: Value): void {
    forget(key);
    if (cost + costOf(value) > most / 2) {
      older = recent;
      recent = new Map();
      cost = 0;
    }
    recent.set(key, value);
    cost += costOf(value);
  }

  return {
    set,
    delete: forget,
    get(key: Key): Value | undefined {
      const known = recent.get(key);
      if (known) return known;
      const found = older.get(key);
      if (found) set(key, found);
      return found;
    },
  };
}
