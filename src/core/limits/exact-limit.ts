import { hash } from 'node:crypto';
import type { Bus } from '../bus.ts';
import { type Limit, tooFast } from './limit.ts';
import { windows } from './windows.ts';

/**
 * For what is rare and dear, such as signing in: all processes are asked each time. Without them holds
 * what this process has counted, and with `maxAlone` in place of `max` where there may be others, who
 * are then alone too. It counts all along, so that nobody begins anew when the others go away.
 * Keys may be what somebody has typed: neither Redis nor this process keeps more of them than a hash.
 */
export function exactLimit(
  { name, max, maxAlone, seconds }: Limit & { maxAlone: number },
  bus: Bus,
) {
  const milliseconds = seconds * 1_000;
  const here = windows(milliseconds, () => ({ total: 0 }));
  const hashOf = (key: string): string => hash('sha256', key, 'base64url');
  const countAll = (hashed: string, by: number) => bus.count(`${name}:${hashed}`, by, milliseconds);

  return {
    /**
     * Counts, and throws a 429 if that was one too many. To be called before the attempt: of many at
     * once each would find that it has failed not too often yet.
     */
    async take(key: string): Promise<void> {
      const hashed = hashOf(key);
      const count = here.countOf(hashed);
      count.total += 1;
      const { total } = count;
      const all = await countAll(hashed, 1);
      const isOver = all ? all.total > max : total > maxAlone;
      if (isOver) throw tooFast(all?.remaining ?? here.remaining());
    },

    /** The attempt was a good one, which does not count. Never rejects. */
    async giveBack(key: string): Promise<void> {
      const hashed = hashOf(key);
      const count = here.countOf(hashed);
      count.total = Math.max(0, count.total - 1);
      await countAll(hashed, -1);
    },
  };
}
