/** The last one is repeated up to a power of two, so that lists of all lengths make a handful of statements. */
export function padded<T>(list: readonly T[]): T[] {
  const length = 2 ** Math.ceil(Math.log2(Math.max(list.length, 1)));
  return Array.from({ length }, (_, index) => list[Math.min(index, list.length - 1)] as T);
}
