import { setTimeout as sleep } from 'node:timers/promises';
import { coresOf, megabytesOf, type Usage, usage } from './processor.ts';
import type { Load } from './talk.ts';

/** Of the machine, while something was measured. */
export interface Used {
  /** Seconds of processor time in a second, by process; `machine` is all of them and all others. */
  cores: Usage;
  /** In memory at the end, by process. */
  megabytes: Usage;
}

/** Lets the load warm up and then, for as long as it is to be measured, calls itself open. */
export async function measureWindow(
  { warmUpSeconds, seconds: wanted, pids }: Pick<Load, 'warmUpSeconds' | 'seconds' | 'pids'>,
  window: { isOpen: boolean },
): Promise<Used & { seconds: number }> {
  await sleep(warmUpSeconds * 1_000);
  const before = usage(pids);
  const start = performance.now();
  window.isOpen = true;
  await sleep(wanted * 1_000);
  window.isOpen = false;
  const seconds = (performance.now() - start) / 1_000;
  return {
    seconds,
    cores: coresOf(before, usage(pids), seconds),
    megabytes: megabytesOf(pids),
  };
}
