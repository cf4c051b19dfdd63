import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Bus, type BusListener, inProcessBus, type Notice } from './bus.ts';
import type { Logger } from './logger.ts';

/** Milliseconds that a publish may take before the bus counts as away. */
const PUBLISH_TIMEOUT = 500;
/** Milliseconds between two beats: messages to oneself, the whole way through Redis and back. */
const BEAT_INTERVAL = 1_000;
/** Without a beat for this long, a connection is taken for dead and made anew. */
const BEAT_TIMEOUT = 4_000;
/** A process that was heard and then not for this long has died, perhaps between a commit and its announcement. */
const PEER_TIMEOUT = 4_000;
const SUBSCRIBE_CHUNK = 1_000;

/** `from`: the process that sent it, whose own sockets have it already. */
type Envelope = { from: string } & (
  | { notice: Notice }
  | { beat: true }
  | { resync: true }
  | { farewell: true }
);

/**
 * Processes meet in Redis: a channel for each user who has a socket here, and one for all. Redis
 * keeps nothing; when it has been away, every process resyncs its own sockets after it has
 * subscribed again, and a process that could not publish asks all others to do the same. They do so
 * too when a process falls silent without a farewell: it may have committed what it never announced.
 */
export function redisBus({ url, prefix, log }: { url: string; prefix: string; log: Logger }): Bus {
  const channelOfAll = `${prefix}:all`;
  const userPrefix = `${prefix}:user:`;
  const channelOf = (userId: number): string => `${userPrefix}${userId}`;
  const id = randomUUID();
  const here = inProcessBus();
  const joined = new Set<number>();
  let listener: BusListener | undefined;
  /** Something was published in vain: others have missed it. */
  let owesResync = false;
  /** Undefined until it is known. */
  let up: boolean | undefined;
  let lastBeat = Date.now();
  /** The other processes, and when each was last heard. */
  const peers = new Map<string, number>();

  const options = {
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: (attempt: number) =>
      Math.min(50 * 2 ** attempt, 1_000) * (0.5 + Math.random() / 2),
  };
  const publisher = new Redis(url, {
    ...options,
    commandTimeout: PUBLISH_TIMEOUT,
    enableAutoPipelining: true,
  });
  const subscriber = new Redis(url, options);
  for (const connection of [publisher, subscriber]) {
    connection.on('error', (error) => log.debug({ err: error }, 'redis connection failed'));
  }

  subscriber.on('ready', () => void resubscribe());
  subscriber.on('close', () => markDown('the subscription broke'));
  subscriber.on('message', (channel: string, text: string) => {
    const envelope = parse(text);
    if (envelope === undefined) log.warn({ channel }, 'a message on the bus is not of ours');
    else receive(channel, envelope);
  });
  const beats = setInterval(() => void beat(), BEAT_INTERVAL);

  function receive(channel: string, envelope: Envelope): void {
    if (envelope.from === id) {
      if ('beat' in envelope) markUp();
    } else if ('beat' in envelope) peers.set(envelope.from, Date.now());
    else if ('farewell' in envelope) peers.delete(envelope.from);
    else if ('resync' in envelope) listener?.gap();
    else listener?.notice(Number(channel.slice(userPrefix.length)), envelope.notice);
  }

  function missPeers(): void {
    const dead = [...peers].filter(([, heardAt]) => Date.now() - heardAt > PEER_TIMEOUT);
    if (dead.length === 0) return;
    for (const [peer] of dead) peers.delete(peer);
    log.warn({ processes: dead.length }, 'another process fell silent');
    listener?.gap();
  }

  /** Everything from the break to here may have been missed; nothing after it is. */
  async function resubscribe(): Promise<void> {
    try {
      const users = [...joined];
      const channels = [channelOfAll, ...users.map(channelOf)];
      for (let at = 0; at < channels.length; at += SUBSCRIBE_CHUNK) {
        await subscriber.subscribe(...channels.slice(at, at + SUBSCRIBE_CHUNK));
      }
      const left = channels.slice(1).filter((_, index) => !joined.has(users[index] ?? 0));
      if (left.length > 0) await subscriber.unsubscribe(...left);
      listener?.gap();
      await beat();
    } catch (error) {
      startAnew(error);
    }
  }

  /** A subscription that may be incomplete is worse than none. */
  function startAnew(error: unknown): void {
    log.warn({ err: error }, 'could not subscribe');
    subscriber.disconnect(true);
  }

  async function beat(): Promise<void> {
    if (Date.now() - lastBeat > BEAT_TIMEOUT) {
      markDown('no beat came back');
      lastBeat = Date.now();
      subscriber.disconnect(true);
      publisher.disconnect(true);
    }
    await send(channelOfAll, { from: id, beat: true });
  }

  function markUp(): void {
    lastBeat = Date.now();
    if (up) missPeers();
    else {
      log.info('bus is up');
      // While it was away nobody could be heard.
      for (const peer of peers.keys()) peers.set(peer, Date.now());
    }
    up = true;
    if (!owesResync) return;
    owesResync = false;
    void send(channelOfAll, { from: id, resync: true }).then((sent) => {
      owesResync ||= !sent;
    });
  }

  function markDown(reason: string): void {
    if (up !== false) log.warn({ reason }, 'bus is away: other processes will be told to resync');
    up = false;
  }

  /** Whether Redis took it. */
  async function send(channel: string, envelope: Envelope): Promise<boolean> {
    try {
      await publisher.publish(channel, JSON.stringify(envelope));
      return true;
    } catch (error) {
      markDown(String(error));
      return false;
    }
  }

  return {
    listen(given) {
      listener = given;
      here.listen(given);
    },
    async publish(userIds, notice) {
      void here.publish(userIds, notice);
      if (!up) {
        owesResync = true;
        return;
      }
      const sent = await Promise.all(
        userIds.map((userId) => send(channelOf(userId), { from: id, notice })),
      );
      if (sent.includes(false)) owesResync = true;
    },
    async join(userId) {
      joined.add(userId);
      await here.join(userId);
      // While there is no connection, the next one's `resubscribe` takes the user along.
      if (subscriber.status === 'ready') {
        await subscriber.subscribe(channelOf(userId)).catch(startAnew);
      }
    },
    leave(userId) {
      joined.delete(userId);
      here.leave(userId);
      if (subscriber.status === 'ready') {
        subscriber.unsubscribe(channelOf(userId)).catch(startAnew);
      }
    },
    isUp: () => up === true,
    async close() {
      clearInterval(beats);
      if (owesResync) await send(channelOfAll, { from: id, resync: true });
      await send(channelOfAll, { from: id, farewell: true });
      publisher.disconnect();
      subscriber.disconnect();
      await here.close();
    },
  };
}

function parse(text: string): Envelope | undefined {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return undefined;
  }
}
