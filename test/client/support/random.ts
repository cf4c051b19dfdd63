/** A repeatable source of chance (a linear congruential generator): the same seed, the same run. */
export function random(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    /** True so many times out of a hundred. */
    percent: (chance: number): boolean => next() * 100 < chance,
    /** From 0 to below `end`. */
    below: (end: number): number => Math.floor(next() * end),
  };
}

export type Random = ReturnType<typeof random>;
