import { Redis } from 'ioredis';
import { type Fault, healed } from './fault.ts';

const PART = 'Redis';
/** What is left of the limit, and what is published beyond it; kernels hold some megabytes too. */
const SMALL_BUFFER = 'pubsub 1048576 0 0';
const USUAL_BUFFER = 'pubsub 33554432 8388608 60';
const JUNK = 'x'.repeat(1_000_000);

/** What can be done over a connection to the one that `findUrl` finds; `stoppable` are processes that read from it. */
export const redisFaults = (
  findUrl: () => Promise<string>,
  stoppable: readonly { pid(): number }[],
): Fault[] => [
  {
    name: 'FLUSHALL',
    part: PART,
    async break() {
      await over(findUrl, (redis) => redis.flushall());
      return healed;
    },
  },
  {
    name: 'Redis drops its subscribers',
    part: PART,
    async break() {
      await over(findUrl, (redis) => redis.client('KILL', 'TYPE', 'PUBSUB'));
      return healed;
    },
  },
  {
    name: 'the output buffer of a subscriber overruns',
    part: PART,
    async break() {
      const [reader] = stoppable;
      if (!reader) return healed;
      process.kill(reader.pid(), 'SIGSTOP');
      await over(findUrl, async (redis) => {
        await redis.config('SET', 'client-output-buffer-limit', SMALL_BUFFER);
        const [ordinary] = await redis.pubsub('CHANNELS', '*');
        const [sharded] = await redis.pubsub('SHARDCHANNELS', '*');
        for (let n = 0; n < 20; n += 1) {
          if (sharded) await redis.spublish(String(sharded), JUNK);
          else await redis.publish(String(ordinary), JUNK);
        }
        await redis.config('SET', 'client-output-buffer-limit', USUAL_BUFFER);
      });
      return () => void process.kill(reader.pid(), 'SIGCONT');
    },
  },
];

async function over(
  findUrl: () => Promise<string>,
  work: (redis: Redis) => Promise<unknown>,
): Promise<void> {
  const redis = new Redis(await findUrl(), { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}
