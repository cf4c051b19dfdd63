import { setTimeout as sleep } from 'node:timers/promises';
import { coresOf, residentMegabytes, usage } from './processor.ts';
import type { Load } from './talk.ts';

interface Used {
  /** That the window lasted. */
  seconds: number;
  /** Seconds of processor time in a second, by process; `machine` is all of them and all others. */
  cores: Record<string, number | null>;
  /** Of the process called `server`, at the end. */
  residentMegabytes: number | null;
}

/** Lets the load warm up and then, for as long as it is to be measured, calls itself open. */
export async function measureWindow(
  { warmUpSeconds, seconds: wanted, pids }: Pick<Load, 'warmUpSeconds' | 'seconds' | 'pids'>,
  window: { isOpen: boolean },
): Promise<Used> {
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
    residentMegabytes: residentMegabytes(pids['server'] ?? process.pid),
  };
}
