import { isOfGenerator } from './processor.ts';
import type { Rate } from './scenario.ts';

/** The load generator's share is taken off, and what others do on the machine. */
function perCore({ perSecond, cores }: Rate): number {
  const used = Object.entries(cores)
    .filter(([name]) => name !== 'machine' && !isOfGenerator(name))
    .reduce((sum, [, each]) => sum + (each ?? Number.NaN), 0);
  return perSecond / used;
}

/** What several processes do for each core that they and their database use, divided by what one does. */
export const rateToOne = (
  several: Record<string, Rate>,
  one: Record<string, Rate>,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(several).map(([name, rate]) => {
      const other = one[name];
      return [name, other === undefined ? Number.NaN : perCore(rate) / perCore(other)];
    }),
  );
