import { askMaster } from './redis-ask-master.ts';
import type { RedisAddress, RedisUrl } from './redis-url.ts';

/** Sentinels or nodes that are asked at once; only the largest clusters have more. */
const MOST_ASKED = 100;

/**
 * Finds, anew at each call, the one Redis in which the installation with this prefix meets: the only
 * one there is, the master that the sentinels name, or the master that owns the prefix' slot of the
 * cluster. All who are known are asked and most win: one who was stopped or cut off during a failover
 * believes in the old master. Whom they tell of is remembered, so that those of REDIS_URL may die.
 * Rejects when nobody knows.
 */
export function masterFinder(url: RedisUrl, prefix: string): () => Promise<RedisAddress> {
  let learned: readonly RedisAddress[] = [];

  async function findMaster(): Promise<RedisAddress> {
    const known = new Map([...url.nodes, ...learned].map((node) => [nameOf(node), node]));
    const asked = [...known.values()].slice(0, MOST_ASKED);
    const settled = await Promise.allSettled(asked.map((node) => askMaster(node, url, prefix)));
    const answers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const masters = Map.groupBy(answers, ({ master }) => nameOf(master));
    const [most] = [...masters.values()].sort((one, other) => other.length - one.length);
    if (!most?.[0]) throw new Error(`nobody knows the master: ${reasonsOf(settled).join(', ')}`);
    learned = answers.flatMap(({ others }) => others);
    return most[0].master;
  }

  const [only] = url.nodes;
  return url.kind === 'single' && only ? async () => only : findMaster;
}

export const nameOf = ({ host, port }: RedisAddress): string => `${host}:${port}`;

const reasonsOf = (settled: readonly PromiseSettledResult<unknown>[]): string[] =>
  settled.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
