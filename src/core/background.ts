import type { Logger } from './logger.ts';
import { ProblemError } from './problems.ts';

/** Pieces of work at once, and that may wait. */
const MAX_RUNNING = 4;
const MAX_WAITING = 1_000;

/** Work that nobody waits for, so that the time of an answer tells nothing of it. */
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
    if (running.size >= MAX_RUNNING) return;
    const work = waiting
      .shift()?.()
      .finally(() => {
        running.delete(work as Promise<void>);
        next();
      });
    if (work) running.add(work);
  }

  return {
    run(what, work) {
      if (stop.signal.aborted || waiting.length >= MAX_WAITING) {
        throw new ProblemError('unavailable');
      }
      waiting.push(() =>
        work(stop.signal).catch((error) => log.error({ err: error }, `${what}: did not work`)),
      );
      next();
    },

    async close() {
      stop.abort();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
