import type { SharedCount } from './bus.ts';
import { connect, redisConnection } from './redis-connection.ts';
import { nameOf } from './redis-master.ts';
import type { RedisAddress, RedisUrl } from './redis-url.ts';

/** Milliseconds that a publish or a count may take before the bus counts as away. */
const PUBLISH_TIMEOUT = 500;
/** Milliseconds that Redis may take to subscribe some channels. */
const SUBSCRIBE_TIMEOUT = 2_000;
/** What a Redis answers that is not, or no longer, the one for our channels. */
const WRONG_REDIS = /^(MOVED|CLUSTERDOWN|READONLY)\b/;

/** One step: a counter without an end, left by a process that died in between, would refuse for good. */
const COUNT = `
local total = redis.call('INCRBY', KEYS[1], ARGV[1])
if total < 0 then total = redis.call('INCRBY', KEYS[1], -total) end
local remaining = redis.call('PTTL', KEYS[1])
if remaining < 0 then
  remaining = tonumber(ARGV[2])
  redis.call('PEXPIRE', KEYS[1], remaining)
end
return {total, remaining}`;

/**
 * Two connections to one and the same Redis, for as long as both last: one publishes, the other
 * listens. So whatever is published here is heard here, and once a line has ended nothing is.
 */
export interface Line {
  /** The name of its Redis. */
  readonly redis: string;
  /** Resolves with the reason when the line is of no more use. */
  readonly ended: Promise<string>;
  /** Rejects, within about half a second, when Redis may not have taken it. */
  publish(channel: string, text: string): Promise<void>;
  /** As that of the bus; rejects, within about half a second, when Redis may not have counted. */
  count(key: string, by: number, milliseconds: number): Promise<SharedCount>;
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  end(reason: string): void;
}

/**
 * Opens a line to this Redis, which has to be a master unless it is the only one. Rejects, within
 * seconds, when it cannot be had.
 *
 * In a cluster the channels are sharded ones (Redis 7): an ordinary message is handed on from node to
 * node, and lost without a word when a link between two of them breaks. A sharded one is heard where
 * its slot lives; as all our channels share one slot, it goes in and out at one master, with the order
 * and the losses of a single Redis. The limit is the same: an installation's notifications go through
 * one node, whatever the size of the cluster, and those of another prefix perhaps through another.
 */
export async function openLine(
  address: RedisAddress,
  url: RedisUrl,
  heard: (channel: string, text: string) => void,
): Promise<Line> {
  const sharded = url.kind === 'cluster';
  const publisher = redisConnection(address, url, {
    commandTimeout: PUBLISH_TIMEOUT,
    enableAutoPipelining: true,
  });
  const subscriber = redisConnection(address, url, { commandTimeout: SUBSCRIBE_TIMEOUT });
  const { promise: ended, resolve } = Promise.withResolvers<string>();

  function end(reason: string): void {
    resolve(reason);
    subscriber.off(sharded ? 'smessage' : 'message', heard);
    publisher.disconnect();
    subscriber.disconnect();
  }

  /** What one Redis refuses because another is the one ends the line. */
  async function answerOf<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof Error && WRONG_REDIS.test(error.message)) end(error.message);
      throw error;
    }
  }

  subscriber.on(sharded ? 'smessage' : 'message', heard);
  // The slot has left its node: ioredis' word for a subscription that the server has ended.
  subscriber.on('moved', () => end('the channels live in another Redis'));
  subscriber.on('close', () => end('the subscription broke'));
  publisher.on('close', () => end('the publishing connection broke'));
  try {
    await Promise.all([connect(publisher), connect(subscriber)]);
    const [role] = url.kind === 'single' ? ['master'] : await publisher.role();
    if (role !== 'master') throw new Error(`${nameOf(address)} is not a master`);
  } catch (error) {
    end(String(error));
    throw error;
  }
  return {
    redis: nameOf(address),
    ended,
    async publish(channel, text) {
      await answerOf(
        sharded ? publisher.spublish(channel, text) : publisher.publish(channel, text),
      );
    },
    async count(key, by, milliseconds) {
      const [total, remaining] = (await answerOf(
        publisher.eval(COUNT, 1, key, by, milliseconds),
      )) as [total: number, remaining: number];
      return { total, remaining };
    },
    async subscribe(channels) {
      await (sharded ? subscriber.ssubscribe(...channels) : subscriber.subscribe(...channels));
    },
    async unsubscribe(channels) {
      await (sharded ? subscriber.sunsubscribe(...channels) : subscriber.unsubscribe(...channels));
    },
    end,
  };
}
