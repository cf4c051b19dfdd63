/** Numbers from 0 up to, but not including, 1. */
export type Random = () => number;

/**
 * A series of its own for each purpose and set of numbers, always the same: what is drawn for one
 * message never depends on what was drawn before it. Mulberry32 after a hash of the arguments.
 */
export function randomOf(purpose: string, ...numbers: number[]): Random {
  let state = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i += 1) state = stir(state, purpose.charCodeAt(i));
  for (const number of numbers) state = stir(stir(state, number | 0), Math.floor(number / 2 ** 32));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function stir(state: number, value: number): number {
  const mixed = Math.imul(state ^ value, 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) ^ (mixed >>> 13);
}

/** A whole number from 0 to `count` - 1. */
export const indexOf = (random: Random, count: number): number => Math.floor(random() * count);

export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[indexOf(random, list.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}
