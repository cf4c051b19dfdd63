import { join } from 'node:path';
import { masterFinder } from '../../src/core/redis-master.ts';
import { parseRedisUrl } from '../../src/core/redis-url.ts';
import { freePort } from './free-port.ts';
import { nodeAt, type RedisNode, redisCli, startRedisNode, untilInfo } from './redis-node.ts';

/** Milliseconds of silence after which a master is held for dead; its replica follows a second or two later. */
const NODE_TIMEOUT = 2_000;

export interface RedisCluster {
  /** For REDIS_URL; names every node. */
  url: string;
  nodes: readonly RedisNode[];
  /** The master, as most nodes see it now, that owns the slot of this REDIS_PREFIX. */
  masterOf(prefix: string): Promise<RedisNode>;
  stop(): Promise<void>;
}

/**
 * Three masters with a replica each, on free ports of 127.0.0.1. Resolves when every node sees all
 * slots served and every replica has its master's data. `dir` is empty or not there yet.
 */
export async function startRedisCluster({ dir }: { dir: string }): Promise<RedisCluster> {
  await using starting = new AsyncDisposableStack();
  const nodes: RedisNode[] = [];
  const addresses: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    const busPort = await freePort();
    const node = await startNode(join(dir, `node-${index}`), busPort);
    starting.defer(() => node.kill());
    nodes.push(node);
    addresses.push(`127.0.0.1:${node.port}@${busPort}`);
  }
  await redisCli('--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes');
  await Promise.all(nodes.map(({ port }) => untilWhole(port)));
  const url = `redis-cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join()}`;
  const started = starting.move();
  return {
    url,
    nodes,
    masterOf: async (prefix) => nodeAt(nodes, await masterFinder(parseRedisUrl(url), prefix)()),
    stop: () => started.disposeAsync(),
  };
}

async function startNode(dir: string, busPort: number): Promise<RedisNode> {
  return startRedisNode(dir, [
    ...['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`],
    ...['--cluster-node-timeout', `${NODE_TIMEOUT}`, '--cluster-allow-replica-migration', 'no'],
  ]);
}

async function untilWhole(port: number): Promise<void> {
  await untilInfo(port, ['cluster', 'info'], /cluster_state:ok.*cluster_known_nodes:6/s);
  await untilInfo(port, ['info', 'replication'], /role:master.*connected_slaves:1|link_status:up/s);
}
