import type { RedisCluster } from '../../support/redis-cluster.ts';
import type { Fault } from './fault.ts';

const PART = 'Redis Cluster';
/** Milliseconds after which a replica has taken over from a master that says nothing. */
const TAKEN_OVER = 5_000;

/** What can happen to the master that this installation meets in. */
export const redisClusterFaults = (cluster: RedisCluster, prefix: string): Fault[] => [
  {
    name: 'kill -9 of the Redis master, which a replica replaces',
    part: PART,
    atLeast: TAKEN_OVER,
    async break() {
      const master = await cluster.masterOf(prefix);
      await master.kill();
      return () => master.restart();
    },
  },
  {
    name: 'SIGSTOP of the Redis master, which a replica replaces',
    part: PART,
    atLeast: TAKEN_OVER,
    async break() {
      const { pid } = await cluster.masterOf(prefix);
      process.kill(pid, 'SIGSTOP');
      return () => void process.kill(pid, 'SIGCONT');
    },
  },
  {
    name: 'kill -9 of the Redis master, and restart',
    part: PART,
    async break() {
      const master = await cluster.masterOf(prefix);
      await master.kill();
      return () => master.restart();
    },
  },
];
