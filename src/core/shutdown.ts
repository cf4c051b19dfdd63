import cluster, { type Worker } from 'node:cluster';
import closeWithGrace from 'close-with-grace';
import type { Logger } from './logger.ts';
import { tell } from './worker-metrics.ts';

/** Milliseconds from the signal to the end, whatever is still under way. */
const DRAIN_TIMEOUT = 9_500;
const DRAIN = 'doorbell:drain';
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs `drain` once and ends the process: at a signal, or at an error that nobody caught. A second
 * signal ends it at once, except in a worker, which is told by its primary and often, as part of the
 * same group, by the same signal too.
 */
export function onShutdown(log: Logger, drain: () => Promise<void>): void {
  let draining = false;
  const { close } = closeWithGrace(
    { delay: DRAIN_TIMEOUT, logger: log, skip: cluster.isWorker ? [...SIGNALS] : [] },
    async ({ err, signal }) => {
      draining = true;
      log.info({ err, signal }, 'closing');
      await drain();
    },
  );
  if (!cluster.isWorker) return;
  const closeOnce = (): void => {
    if (!draining) close();
  };
  for (const signal of SIGNALS) process.on(signal, closeOnce);
  process.on('message', (message) => message === DRAIN && closeOnce());
}

export const drainWorker = (worker: Worker): void => tell(worker, DRAIN);
