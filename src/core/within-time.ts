import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with the work, or without it when it takes longer; it goes on then, and nobody waits for it. */
export async function withinTime(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, sleep(milliseconds, undefined, { ref: false })]);
}
