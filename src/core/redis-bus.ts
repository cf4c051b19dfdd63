import { randomUUID } from 'node:crypto';
import { type Bus, type BusListener, inProcessBus, type Notice } from './bus.ts';
import type { Logger } from './logger.ts';
import { type Envelope, parseEnvelope } from './redis-envelope.ts';
import { spaceGaps } from './redis-gaps.ts';
import { keepLine } from './redis-keep-line.ts';
import type { Line } from './redis-line.ts';
import { keepPeers } from './redis-peers.ts';

/** Milliseconds between two beats: messages to oneself, the whole way through Redis and back. */
const BEAT_INTERVAL = 1_000;
/** Without a beat for this long, the line is taken for dead and made anew. */
const BEAT_TIMEOUT = 4_000;
const SUBSCRIBE_CHUNK = 1_000;
/** What is for more users than these at one moment goes to all processes once, and each picks its own users out. */
const CROWD = 10;
/** Users of whom one such message speaks, after which the next one begins. */
const MAX_CROWD = 10_000;

type Published = readonly [userIds: readonly number[], notice: Notice];

/**
 * Processes meet in Redis: a channel for each user who has a socket here, and one for all. Redis
 * keeps nothing; when it has been away, every process resyncs its own sockets after it has
 * subscribed again, and a process that could not publish, or moved to another Redis, asks all others
 * to do the same. They do so too when there is a hole in a process' beats, or when it falls silent
 * without a farewell: it may have committed what it never announced.
 */
export function redisBus({ url, prefix, log }: { url: string; prefix: string; log: Logger }): Bus {
  // A cluster gives one slot to all channels with the same word in braces.
  const channelOfAll = `{${prefix}}:all`;
  const userPrefix = `{${prefix}}:user:`;
  const channelOf = (userId: number): string => `${userPrefix}${userId}`;
  const id = randomUUID();
  const here = inProcessBus();
  const joined = new Set<number>();
  /** How what this process says to others begins; its own sockets have it already. */
  const ownNotices = `{"from":"${id}","notice`;
  let listener: BusListener | undefined;
  const gaps = spaceGaps(() => listener?.gap());
  const peers = keepPeers();
  /** Something was published in vain: others have missed it. */
  let owesResync = false;
  /** Undefined until it is known. */
  let up: boolean | undefined;
  let beats = 0;
  /** A notice for many comes once for each: it is read once, and one frame waits for all of them. */
  let last: { text: string; envelope: Envelope | undefined } = { text: '', envelope: undefined };
  let gathered: Published[] = [];
  let leaving: Promise<void> | undefined;
  let lastBeat = performance.now();
  /** Where this process subscribed last. */
  let lastRedis: string | undefined;

  const line = keepLine({ url, prefix, log, opened: subscribeAll, ended: markDown, heard });
  const timer = setInterval(() => void beat(), BEAT_INTERVAL);

  function heard(channel: string, text: string): void {
    if (text.startsWith(ownNotices)) return;
    const envelope = text === last.text ? last.envelope : parseEnvelope(text);
    last = { text, envelope };
    if (envelope === undefined) log.warn({ channel }, 'a message on the bus is not of ours');
    else if (envelope.from !== id) receive(channel, envelope);
    else if ('beat' in envelope) markUp();
  }

  function receive(channel: string, envelope: Envelope): void {
    if ('notice' in envelope) {
      listener?.notice(Number(channel.slice(userPrefix.length)), envelope.notice);
    } else if ('notices' in envelope) {
      for (const [userIds, notice] of envelope.notices) {
        for (const userId of userIds) if (joined.has(userId)) listener?.notice(userId, notice);
      }
    } else if ('farewell' in envelope) peers.remove(envelope.from);
    else if ('resync' in envelope) gaps.gap();
    else if (peers.missesBefore(envelope.from, envelope.beat)) gaps.gap();
  }

  /** Everything from the break to here may have been missed; nothing after it is. */
  async function subscribeAll(opened: Line): Promise<void> {
    lastBeat = performance.now();
    const users = [...joined];
    const channels = [channelOfAll, ...users.map(channelOf)];
    for (let at = 0; at < channels.length; at += SUBSCRIBE_CHUNK) {
      await opened.subscribe(channels.slice(at, at + SUBSCRIBE_CHUNK));
    }
    const left = users.filter((userId) => !joined.has(userId)).map(channelOf);
    if (left.length > 0) await opened.unsubscribe(left);
    // What the former Redis took last may have reached nobody: others may have left it before.
    if (lastRedis !== undefined && lastRedis !== opened.redis) owesResync = true;
    lastRedis = opened.redis;
    gaps.gap();
    await beat();
  }

  async function beat(): Promise<void> {
    const current = line.current();
    if (!current) return;
    if (performance.now() - lastBeat > BEAT_TIMEOUT) current.end('no beat came back');
    else await send(channelOfAll, { from: id, beat: ++beats });
  }

  function markUp(): void {
    lastBeat = performance.now();
    if (up) missPeers();
    else {
      log.info('bus is up');
      // While it was away nobody could be heard.
      peers.excuseSilence();
    }
    up = true;
    if (!owesResync) return;
    owesResync = false;
    void send(channelOfAll, { from: id, resync: true }).then((sent) => {
      owesResync ||= !sent;
    });
  }

  function missPeers(): void {
    const silent = peers.missSilent();
    if (silent === 0) return;
    log.warn({ processes: silent }, 'another process fell silent');
    gaps.gap();
  }

  function markDown(reason: string): void {
    if (up !== false) log.warn({ reason }, 'bus is away: other processes will be told to resync');
    up = false;
  }

  /** Whether Redis took it. */
  async function send(channel: string, envelope: Envelope): Promise<boolean> {
    try {
      const current = line.current();
      if (!current) throw new Error('there is no line to Redis');
      await current.publish(channel, JSON.stringify(envelope));
      return true;
    } catch (error) {
      markDown(String(error));
      return false;
    }
  }

  /** What is published in one moment, as the notices of all posts of one transaction are, leaves together. */
  function gather(published: Published): Promise<void> {
    leaving ??= new Promise((resolve) => {
      process.nextTick(() => {
        const all = gathered;
        gathered = [];
        leaving = undefined;
        resolve(sendAll(all));
      });
    });
    gathered.push(published);
    return leaving;
  }

  async function sendAll(all: readonly Published[]): Promise<void> {
    const users = all.reduce((sum, [userIds]) => sum + userIds.length, 0);
    const sent = await Promise.all(
      users > CROWD
        ? inParts(all).map((notices) => send(channelOfAll, { from: id, notices }))
        : all.flatMap(([userIds, notice]) =>
            userIds.map((userId) => send(channelOf(userId), { from: id, notice })),
          ),
    );
    if (sent.includes(false)) owesResync ||= all.some(([, notice]) => !isEphemeral(notice));
  }

  /** While there is no line, the next one's `subscribeAll` knows of the user. */
  async function resubscribe(how: 'subscribe' | 'unsubscribe', userId: number): Promise<void> {
    const current = line.current();
    // A subscription that may be incomplete is worse than none.
    await current?.[how]([channelOf(userId)]).catch((error) => current.end(String(error)));
  }

  return {
    listen(given) {
      listener = given;
      here.listen(given);
    },
    async publish(userIds, notice) {
      const given = here.publish(userIds, notice);
      if (!up) {
        owesResync ||= !isEphemeral(notice);
        await given;
        return;
      }
      await Promise.all([given, gather([userIds, notice])]);
    },
    async count(key, by, milliseconds) {
      // One that is known to be away is not waited for.
      const current = up ? line.current() : undefined;
      try {
        return await current?.count(`{${prefix}}:limit:${key}`, by, milliseconds);
      } catch (error) {
        // What Redis itself refuses, for lack of memory or of a permission, says nothing about notices.
        if (isRefusal(error)) log.warn({ reason: error.message }, 'Redis does not count');
        else markDown(String(error));
        return undefined;
      }
    },
    async join(userId) {
      joined.add(userId);
      await here.join(userId);
      await resubscribe('subscribe', userId);
    },
    leave(userId) {
      joined.delete(userId);
      here.leave(userId);
      void resubscribe('unsubscribe', userId);
    },
    isUp: () => up === true,
    async close() {
      clearInterval(timer);
      gaps.close();
      if (owesResync) await send(channelOfAll, { from: id, resync: true });
      await send(channelOfAll, { from: id, farewell: true });
      line.close();
      await here.close();
    },
  };
}

const isEphemeral = (notice: Notice): boolean => 'frame' in notice && notice.ephemeral === true;

function inParts(all: readonly Published[]): Published[][] {
  const parts: Published[][] = [];
  let room = 0;
  for (const published of all) {
    if (room <= 0) {
      parts.push([]);
      room = MAX_CROWD;
    }
    parts.at(-1)?.push(published);
    room -= published[0].length;
  }
  return parts;
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ReplyError';
