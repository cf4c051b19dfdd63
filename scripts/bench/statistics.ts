/** Milliseconds. */
export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** By nearest rank; NaN for no values. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? NaN;
  return { p50: at(50), p95: at(95), p99: at(99) };
}

/** Of one figure over the repetitions. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** The same tree with a summary in place of each number. */
export type Summarised<T> = T extends number
  ? Summary
  : T extends null
    ? null
    : { [Key in keyof T]: Summarised<T[Key]> };

/** All trees have the same shape. */
export function summarise<T>(trees: readonly T[]): Summarised<T> {
  const [first] = trees;
  const summary =
    first === null || first === undefined
      ? null
      : typeof first === 'number'
        ? summariseNumbers(trees as readonly number[])
        : Object.fromEntries(
            Object.keys(first).map((key) => [
              key,
              summarise(trees.map((tree) => tree[key as keyof T])),
            ]),
          );
  return summary as Summarised<T>;
}

function summariseNumbers(numbers: readonly number[]): Summary {
  const sorted = Float64Array.from(numbers).sort();
  const at = (index: number) => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}
