import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves as soon as the condition holds; rejects when it does not in time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  milliseconds = 10_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not in ${milliseconds} ms: ${condition}`);
    await sleep(10);
  }
}
