import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { ProblemError } from './problems.ts';

const REQUEST = 'doorbell:metrics';

/** `undefined` when a worker did not answer in time. */
interface Answer {
  metrics: string | undefined;
}

/** In the primary: answers workers with the metrics of all workers together. */
export function serveWorkerMetrics(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', async (worker, message) => {
    if (message !== REQUEST) return;
    const metrics = await aggregator.clusterMetrics().catch(() => undefined);
    tell(worker, { metrics } satisfies Answer);
  });
}

/** A worker may die before it is told; without a callback that would be an uncaught error here. */
export function tell(worker: Worker, message: unknown): void {
  if (worker.isConnected()) worker.process.send(message as object, () => {});
}

/** The text of `/metrics`: of this process or, in a worker, of all workers, whichever was asked. */
export async function collectMetrics(registry: Registry): Promise<string> {
  if (!cluster.isWorker) return registry.metrics();
  const answer = nextAnswer();
  process.send?.(REQUEST);
  const { metrics } = await answer;
  if (metrics === undefined) throw new ProblemError('unavailable');
  return metrics;
}

function nextAnswer(): Promise<Answer> {
  return new Promise((resolve) => {
    // prom-client asks over the same channel.
    const take = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !('metrics' in message)) return;
      process.off('message', take);
      resolve(message as Answer);
    };
    process.on('message', take);
  });
}

/** Lets the primary's question reach this registry. */
export function shareWithPrimary(registry: Registry): void {
  if (!cluster.isWorker) return;
  new AggregatorRegistry();
  AggregatorRegistry.setRegistries([registry]);
}
