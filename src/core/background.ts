import type { Logger } from './logger.ts';
import { ProblemError } from './problems.ts';

/** Pieces of work at once, and that may wait. */
const MAX_RUNNING = 4;
const MAX_WAITING = 1_000;

/** Milliseconds within which each begins, so that what it costs does not show in the answer of whoever caused it. */
const LONGEST_DELAY = 500;

/** Work that nobody waits for, so that neither the answer nor its time tells anything of it. */
export interface Background {
  /** Throws a 503 when too much waits; what fails is logged as `what`. */
  run(what: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Resolves when all is done; from then on whatever waits for another try gives up. */
  close(): Promise<void>;
}

export function keepBackground(log: Logger): Background {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const waiting: (() => Promise<void>)[] = [];

  function next(): void {
    const work = running.size < MAX_RUNNING ? waiting.shift() : undefined;
    if (!work) return;
    const done = work().finally(() => {
      running.delete(done);
      next();
    });
    running.add(done);
  }

  return {
    run(what, work) {
      if (stop.signal.aborted || waiting.length >= MAX_WAITING) {
        throw new ProblemError('unavailable');
      }
      waiting.push(() =>
        work(stop.signal).catch((error) => log.error({ err: error }, `${what}: did not work`)),
      );
      setTimeout(next, LONGEST_DELAY * Math.random());
    },

    async close() {
      stop.abort();
      for (next(); running.size > 0; next()) await Promise.race(running);
    },
  };
}
