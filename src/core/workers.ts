import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from './logger.ts';
import { drainWorker, onShutdown } from './shutdown.ts';
import { serveWorkerMetrics } from './worker-metrics.ts';

/** A worker that dies at once must not be replaced at once. */
const RESTART_DELAY = 1_000;

/** Forks processes that run this same program and share its port; replaces those that die. */
export function runWorkers(count: number, log: Logger): void {
  let closing = false;
  serveWorkerMetrics();
  cluster.on('fork', (worker) => worker.on('error', (err) => log.warn({ err }, 'worker')));
  for (let started = 0; started < count; started += 1) cluster.fork();
  cluster.on('exit', (worker, code, signal) => {
    if (closing) return;
    log.error({ pid: worker.process.pid, code, signal }, 'a worker died; starting another');
    setTimeout(() => !closing && cluster.fork(), RESTART_DELAY);
  });
  onShutdown(log, async () => {
    closing = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    await Promise.all(
      workers.map((worker) => {
        const gone = once(worker, 'exit');
        drainWorker(worker);
        return gone;
      }),
    );
  });
}
