import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';
import { type Line, openLine } from './redis-line.ts';
import { masterFinder, nameOf } from './redis-master.ts';
import { parseRedisUrl } from './redis-url.ts';

/** Milliseconds between two looks whether the master is still the one of the line. */
const LOOK_INTERVAL = 5_000;
const LONGEST_DELAY = 1_000;

interface Parts {
  url: string;
  prefix: string;
  log: Logger;
  /** The line is open; it ends if this rejects. */
  opened(line: Line): Promise<void>;
  /** The line has ended, or could not be opened. */
  ended(reason: string): void;
  heard(channel: string, text: string): void;
}

/**
 * Keeps a line open to the Redis that is the master. Whenever it ends the master is looked for and
 * both connections are made anew.
 */
export function keepLine({ url: text, prefix, log, opened, ended, heard }: Parts) {
  const url = parseRedisUrl(text);
  const findMaster = masterFinder(url, prefix);
  const closing = new AbortController();
  let line: Line | undefined;
  let attempts = 0;
  // A master that was cut off from the others says nothing of it.
  const looks = url.kind === 'single' ? undefined : setInterval(() => void look(), LOOK_INTERVAL);
  void keep();

  async function keep(): Promise<void> {
    while (!closing.signal.aborted) {
      const reason = await useLine().catch(String);
      line?.end(reason);
      line = undefined;
      if (!closing.signal.aborted) ended(reason);
      log.debug({ reason }, 'no line to Redis');
      attempts += 1;
      const delay = Math.min(50 * 2 ** attempts, LONGEST_DELAY) * (0.5 + Math.random() / 2);
      await sleep(delay, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  /** Resolves with the reason when the line has ended; rejects when there was none. */
  async function useLine(): Promise<string> {
    line = await openLine(await findMaster(), url, heard);
    if (closing.signal.aborted) line.end('closed');
    await opened(line);
    attempts = 0;
    return line.ended;
  }

  async function look(): Promise<void> {
    const seen = line;
    const master = await findMaster().catch(() => undefined);
    if (master && seen && nameOf(master) !== seen.redis)
      seen.end(`the master is ${nameOf(master)}`);
  }

  return {
    /** The line that is open now, as far as is known. */
    current: () => line,
    close(): void {
      closing.abort();
      clearInterval(looks);
      line?.end('closed');
    },
  };
}
