import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startGalera } from '../../support/galera.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { keepDoorbell } from '../faults/doorbell-process.ts';
import { galeraFaults } from '../faults/galera.ts';
import { redisFaults } from '../faults/redis.ts';
import { redisClusterFaults } from '../faults/redis-cluster.ts';
import { createDatabase } from './database.ts';
import type { Topology, TopologyOptions } from './topology.ts';

const PREFIX = 'doorbell';

/** Two processes over a Galera cluster of three, which prefer different nodes, and a Redis Cluster of six. */
export async function cluster({ dir, imports = [] }: TopologyOptions): Promise<Topology> {
  await using started = new AsyncDisposableStack();
  const galera = await startGalera({ dir: join(dir, 'galera'), durable: true });
  started.defer(galera.stop);
  const redis = await startRedisCluster({ dir: join(dir, 'redis') });
  started.defer(redis.stop);
  await createDatabase(galera.nodes[0].url);

  const secret = randomBytes(32).toString('hex');
  const start = async (name: string, nodes: readonly { port: number }[]) => {
    const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join();
    const process = await keepDoorbell({
      name,
      dir: join(dir, name),
      settings: {
        DATABASE_URL: `mysql://doorbell:doorbell@${hosts}/doorbell`,
        REDIS_URL: redis.url,
        REDIS_PREFIX: PREFIX,
        JWT_SECRET: secret,
        DATABASE_TIMEOUT_MS: '4000',
      },
      imports,
    });
    return started.use(process);
  };
  const [a, b, c] = galera.nodes;
  const one = await start('one', [a, b, c]);
  const two = await start('two', [b, c, a]);
  const all = started.move();
  return {
    urls: [one.url, two.url],
    faults: [
      ...one.faults,
      ...two.faults,
      ...galera.nodes.flatMap((node, index) =>
        galeraFaults(node, `Galera node ${index + 1}`, galera),
      ),
      ...redisClusterFaults(redis, PREFIX),
      ...redisFaults(async () => (await redis.masterOf(PREFIX)).url, [one, two]),
    ],
    notes: ['the two processes prefer different nodes of Galera'],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
