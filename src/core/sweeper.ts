import type { Logger } from './logger.ts';

/** Milliseconds between two looks for work that was cut off, here or in a process that died. */
const SWEEP_INTERVAL = 30_000;
/** … while the tables are not there yet. */
const MIGRATION_INTERVAL = 500;

export interface Sweeper {
  /** There is something to do. Never throws. */
  start(): void;
  /** Resolves when what is under way has stopped; the next process goes on with it. */
  close(): Promise<void>;
}

interface Parts {
  /** For the log, should it not work. */
  what: string;
  log: Logger;
  isMigrated(): boolean;
  /** Does whatever the store says is still to be done, until told to stop; several processes may at once. */
  sweep(signal: AbortSignal): Promise<void>;
}

/** Work in the background that the store knows of, so that whatever cuts it off, a later sweep goes on. */
export function keepSweeping({ what, log, isMigrated, sweep }: Parts): Sweeper {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  const start = (): void => {
    sweeping = sweeping.then(sweepOnce);
  };

  async function sweepOnce(): Promise<void> {
    clearTimeout(timer);
    if (stop.signal.aborted) return;
    try {
      if (isMigrated()) await sweep(stop.signal);
    } catch (error) {
      log.warn({ err: error }, `${what}: not all is done; the next sweep goes on`);
    }
    if (stop.signal.aborted) return;
    timer = setTimeout(start, isMigrated() ? SWEEP_INTERVAL : MIGRATION_INTERVAL);
  }

  start();
  return {
    start,
    async close() {
      stop.abort();
      clearTimeout(timer);
      await sweeping;
    },
  };
}
