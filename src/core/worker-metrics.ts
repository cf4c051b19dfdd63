import cluster from 'node:cluster';
import { once } from 'node:events';
import { AggregatorRegistry, type Registry } from 'prom-client';

const REQUEST = 'doorbell:metrics';

interface Answer {
  metrics: string;
}

/** In the primary: answers workers with the metrics of all workers together. */
export function serveWorkerMetrics(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', async (worker, message) => {
    if (message !== REQUEST) return;
    worker.send({ metrics: await aggregator.clusterMetrics().catch(() => '') } satisfies Answer);
  });
}

/** The text of `/metrics`: of this process or, in a worker, of all workers, whichever was asked. */
export async function collectMetrics(registry: Registry): Promise<string> {
  if (!cluster.isWorker) return registry.metrics();
  process.send?.(REQUEST);
  for (;;) {
    // prom-client asks over the same channel.
    const [message] = (await once(process, 'message')) as [Partial<Answer>];
    if (message.metrics !== undefined) return message.metrics;
  }
}

/** Lets the primary's question reach this registry. */
export function shareWithPrimary(registry: Registry): void {
  if (!cluster.isWorker) return;
  new AggregatorRegistry();
  AggregatorRegistry.setRegistries([registry]);
}
