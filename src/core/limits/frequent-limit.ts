import type { Bus } from '../bus.ts';
import { type Limit, tooFast } from './limit.ts';
import { windows } from './windows.ts';

interface Count {
  key: string;
  used: number;
  /** How many may be used before others have to be asked. */
  granted: number;
  /** Under way, for all who wait for it. */
  asking: Promise<void> | undefined;
  /** By the clock of `performance`: until then the processes together have used them up. */
  refusedUntil: number;
}

/**
 * For what happens all the time, such as requests. A process grants the first tenth by itself, so
 * that who is quiet costs nothing but a look into a map, and takes each further one from what all
 * processes share, so that one request in many waits for an answer. Over n processes that allows
 * `max` and n tenths of it in one window. While the others cannot be reached each process grants `max`.
 */
export function frequentLimit({ name, max, seconds }: Limit, bus: Bus) {
  const milliseconds = seconds * 1_000;
  const tenth = Math.ceil(max / 10);
  const here = windows<Count>(milliseconds, (key) => ({
    key,
    used: 0,
    granted: tenth,
    asking: undefined,
    refusedUntil: 0,
  }));

  async function ask(count: Count): Promise<void> {
    const wanted = Math.min(tenth, max - count.granted);
    const all = await bus.count(`${name}:${count.key}`, wanted, milliseconds);
    const over = all ? Math.max(0, all.total - max) : 0;
    count.granted += Math.max(0, wanted - over);
    if (all && over >= wanted) count.refusedUntil = performance.now() + all.remaining;
    count.asking = undefined;
  }

  async function takeOfAll(count: Count): Promise<void> {
    while (count.used >= count.granted) {
      if (count.granted >= max) throw tooFast(here.remaining());
      const refused = count.refusedUntil - performance.now();
      if (refused > 0) throw tooFast(refused);
      count.asking ??= ask(count);
      await count.asking;
    }
    count.used += 1;
  }

  return {
    /** Undefined when it is granted at once; rejects with a 429 when there were too many. One that is refused does not count. */
    take(key: string): Promise<void> | undefined {
      const count = here.countOf(key);
      if (count.used >= count.granted) return takeOfAll(count);
      count.used += 1;
      return undefined;
    },
  };
}
