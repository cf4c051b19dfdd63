import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { masterFinder } from '../../src/core/redis-master.ts';
import { parseRedisUrl } from '../../src/core/redis-url.ts';
import { findProgram } from './debian-packages.ts';
import { freePort } from './free-port.ts';
import {
  nodeAt,
  type RedisNode,
  replaceableNode,
  startRedisNode,
  untilInfo,
} from './redis-node.ts';

const NAME = 'doorbell';
/** Milliseconds of silence after which a sentinel holds the master for dead. */
const DOWN_AFTER = 1_000;
/** Milliseconds; after twice as many a failover that came to nothing is tried again. */
const FAILOVER_TIMEOUT = 5_000;

export interface RedisSentinel {
  /** For REDIS_URL; names every sentinel. */
  url: string;
  /** The first master and its replica. */
  nodes: readonly RedisNode[];
  sentinels: readonly RedisNode[];
  /** The master that most sentinels name now. */
  master(): Promise<RedisNode>;
  stop(): Promise<void>;
}

/**
 * A master, its replica and three sentinels, of which two must agree, on free ports of 127.0.0.1.
 * Resolves when all know each other. `dir` is empty or not there yet.
 */
export async function startRedisSentinel({ dir }: { dir: string }): Promise<RedisSentinel> {
  await using starting = new AsyncDisposableStack();
  const keep = (node: RedisNode): RedisNode => {
    starting.defer(() => node.kill());
    return node;
  };
  const master = keep(await startRedisNode(join(dir, 'node-0'), []));
  const replicaOf = ['--replicaof', '127.0.0.1', `${master.port}`];
  const replica = keep(await startRedisNode(join(dir, 'node-1'), replicaOf));
  await untilInfo(replica.port, ['info', 'replication'], /link_status:up/);
  const sentinels: RedisNode[] = [];
  for (let index = 0; index < 3; index += 1)
    sentinels.push(keep(await startSentinel(join(dir, `sentinel-${index}`), master.port)));
  const all = /status=ok,address=\S+,slaves=1,sentinels=3/;
  await Promise.all(sentinels.map(({ port }) => untilInfo(port, ['info', 'sentinel'], all)));

  const nodes = [master, replica];
  const addresses = sentinels.map(({ port }) => `127.0.0.1:${port}`);
  const url = `redis-sentinel://${addresses.join()}/${NAME}`;
  const started = starting.move();
  return {
    url,
    nodes,
    sentinels,
    master: async () => nodeAt(nodes, await masterFinder(parseRedisUrl(url), '')()),
    stop: () => started.disposeAsync(),
  };
}

async function startSentinel(dir: string, masterPort: number): Promise<RedisNode> {
  const { path, env } = await findProgram('redis-server', 'valkey-server');
  const port = await freePort();
  const file = join(dir, 'sentinel.conf');
  await mkdir(dir, { recursive: true });
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir "${dir}"`,
      `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER}`,
      `sentinel failover-timeout ${NAME} ${FAILOVER_TIMEOUT}`,
      '',
    ].join('\n'),
  );
  // A sentinel does not say that it is ready; whether it is will be asked.
  const script = 'echo Ready to accept connections; exec "$0" "$@"';
  const args = ['-c', script, path, file, '--sentinel'];
  return replaceableNode({ path: '/bin/sh', env }, args, dir, port);
}
