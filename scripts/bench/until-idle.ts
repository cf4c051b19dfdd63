import { setTimeout as sleep } from 'node:timers/promises';
import { coresOf, usage } from './processor.ts';

/** Milliseconds of a look, looks at most, and cores that count as nothing. */
const LOOK = 500;
const MOST_LOOKS = 60;
const NOTHING = 0.05;

/** After a load, what it left to be done in the background is done first, such as the index for searches. */
export async function untilIdle(pids: Readonly<Record<string, number>>): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const before = usage(pids);
    await sleep(LOOK);
    const { machine, ...cores } = coresOf(before, usage(pids), LOOK / 1_000);
    if (Object.values(cores).every((used) => (used ?? 0) < NOTHING)) return;
  }
}
