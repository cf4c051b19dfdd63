import type { Redis } from 'ioredis';
import { connect, redisConnection } from './redis-connection.ts';
import type { RedisAddress, RedisUrl } from './redis-url.ts';

/** Milliseconds in which each answer must come. */
const ASK_TIMEOUT = 1_000;

interface Answer {
  master: RedisAddress;
  /** Who else can be asked. */
  others: readonly RedisAddress[];
}

/**
 * Where the master is, in the eyes of this sentinel or this node of a cluster: there, the owner of the
 * prefix' slot. Rejects, within seconds, when it does not answer or does not know.
 */
export async function askMaster(
  asked: RedisAddress,
  url: RedisUrl,
  prefix: string,
): Promise<Answer> {
  const options = { commandTimeout: ASK_TIMEOUT, enableReadyCheck: false };
  const connection = redisConnection(asked, url, options);
  try {
    await connect(connection);
    return url.kind === 'cluster'
      ? await askNode(connection, asked, prefix)
      : await askSentinel(connection, url.masterName);
  } finally {
    connection.disconnect();
  }
}

async function askNode(connection: Redis, asked: RedisAddress, prefix: string): Promise<Answer> {
  const [slot, ranges] = await Promise.all([
    connection.cluster('KEYSLOT', prefix),
    connection.cluster('SLOTS'),
  ]);
  const [, , owner] = ranges.find(([from, to]) => from <= slot && slot <= to) ?? [];
  if (!owner) throw new Error(`nobody owns slot ${slot}`);
  // A node without a host is to be reached as this one was.
  const addressOf = ([host, port]: typeof owner) => ({ host: host || asked.host, port });
  return {
    master: addressOf(owner),
    others: ranges.flatMap(([, , ...nodes]) => nodes.map(addressOf)),
  };
}

async function askSentinel(connection: Redis, name: string): Promise<Answer> {
  const [master, others] = (await Promise.all([
    connection.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name),
    connection.call('SENTINEL', 'SENTINELS', name),
  ])) as [master: [host: string, port: string] | null, others: string[][]];
  if (!master) throw new Error(`no master is called ${name}`);
  // Each is a list in which names and values take turns.
  const fieldOf = (sentinel: string[], name: string) => sentinel[sentinel.indexOf(name) + 1] ?? '';
  return {
    master: { host: master[0], port: Number(master[1]) },
    others: others.map((sentinel) => ({
      host: fieldOf(sentinel, 'ip'),
      port: Number(fieldOf(sentinel, 'port')),
    })),
  };
}
