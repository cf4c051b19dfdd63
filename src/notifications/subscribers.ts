import type { Bus, Notice } from '../core/bus.ts';
import type { Config } from '../core/config.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import { RESYNC } from './frames.ts';
import type { Presence } from './presence.ts';
import { CLOSE, type Subscriber } from './subscriber.ts';

const SWEEP_INTERVAL = 1_000;
/** After a gap all sockets are told to resync within about this many milliseconds, in steps. */
const RESYNC_SPREAD = 5_000;
const RESYNC_STEP = 50;
/** Milliseconds within which the session of every socket is looked up, should word of its end be lost. */
const SESSION_INTERVAL = 20_000;
/** Sessions asked for in one query. */
const SESSION_CHUNK = 1_000;

interface Parts {
  bus: Bus;
  metrics: Metrics;
  log: Logger;
  config: Pick<Config, 'heartbeatSeconds' | 'socketsPerUser'>;
  presence: Pick<Presence, 'opened' | 'closed'>;
  /** Those of these sessions that have ended. */
  findEndedSessions(sessionIds: readonly number[]): Promise<Set<number>>;
}

export type Subscribers = ReturnType<typeof keepSubscribers>;

/** The sockets of this process, by user; the bus tells it what to ring. */
export function keepSubscribers(parts: Parts) {
  const { bus, metrics, log, config, presence, findEndedSessions } = parts;
  const byUser = new Map<number, Set<Subscriber>>();
  const nextHeartbeat = new Map<Subscriber, number>();
  const owedResync = new Set<Subscriber>();
  const heartbeat = config.heartbeatSeconds * 1_000;
  /** Whose sessions are still to be looked up in this round. */
  let looks: Subscriber[] = [];
  let resyncing: NodeJS.Timeout | undefined;

  bus.listen({ notice, gap });
  const sweeps = setInterval(sweep, SWEEP_INTERVAL);

  function notice(userId: number, given: Notice): void {
    for (const subscriber of byUser.get(userId) ?? []) {
      if ('frame' in given) ring(subscriber, given);
      else if (given.endedSessions?.includes(subscriber.viewer.sessionId)) {
        drop(subscriber, CLOSE.accessRevoked);
      }
    }
  }

  function ring(
    subscriber: Subscriber,
    { frame, ephemeral, spread }: Extract<Notice, { frame: string }>,
  ): void {
    if (frame === RESYNC) {
      resyncLater([subscriber]);
      return;
    }
    if (ephemeral) {
      if (subscriber.whisper(frame)) metrics.framesSent.inc();
      return;
    }
    const dropped = subscriber.ring(frame, spread);
    if (dropped === 0) metrics.framesSent.inc();
    else metrics.framesDropped.inc(dropped);
  }

  /**
   * Spread, so that the syncs of all sockets do not arrive in one moment; a gap during it starts it
   * again, but nobody is told twice in vain. Word of ended sessions may have been missed as well.
   */
  function gap(): void {
    resyncLater(nextHeartbeat.keys());
    void dropEnded([...nextHeartbeat.keys()]);
  }

  function resyncLater(subscribers: Iterable<Subscriber>): void {
    for (const subscriber of subscribers) owedResync.add(subscriber);
    const share = Math.ceil((owedResync.size * RESYNC_STEP) / RESYNC_SPREAD);
    clearInterval(resyncing);
    resyncing = setInterval(() => resyncSome(share), RESYNC_STEP);
  }

  function resyncSome(share: number): void {
    for (const subscriber of [...owedResync].slice(0, share)) {
      owedResync.delete(subscriber);
      subscriber.resync();
    }
    if (owedResync.size === 0) clearInterval(resyncing);
  }

  /** One timer for all sockets: tokens and sessions that ended, heartbeats that are due. */
  function sweep(): void {
    const [now, time] = [performance.now(), Date.now()];
    const due: Subscriber[] = [];
    for (const [subscriber, dueAt] of nextHeartbeat) {
      if (subscriber.viewer.tokenEndsAt <= time) drop(subscriber, CLOSE.tokenEnded);
      else if (dueAt <= now) due.push(subscriber);
    }
    for (const subscriber of due) {
      nextHeartbeat.set(subscriber, now + heartbeat);
      if (!subscriber.heartbeat()) drop(subscriber, CLOSE.noHeartbeatAnswer);
    }
    void dropEnded(takeLooks());
  }

  /** Of all sockets a share, by turns, so that they are not looked up all at once. */
  function takeLooks(): Subscriber[] {
    const share = Math.ceil((nextHeartbeat.size * SWEEP_INTERVAL) / SESSION_INTERVAL);
    if (looks.length === 0) looks = [...nextHeartbeat.keys()];
    return looks.splice(0, share).filter((subscriber) => nextHeartbeat.has(subscriber));
  }

  /** A notice only makes it faster: the end of a session is a fact of the database. Never rejects. */
  async function dropEnded(subscribers: readonly Subscriber[]): Promise<void> {
    for (let at = 0; at < subscribers.length; at += SESSION_CHUNK) {
      const chunk = subscribers.slice(at, at + SESSION_CHUNK);
      try {
        const ended = await findEndedSessions(chunk.map(({ viewer }) => viewer.sessionId));
        for (const subscriber of chunk) {
          if (ended.has(subscriber.viewer.sessionId)) drop(subscriber, CLOSE.accessRevoked);
        }
      } catch (error) {
        log.debug({ err: error }, 'could not look sessions up; the next heartbeat will');
      }
    }
  }

  function remove(subscriber: Subscriber): void {
    const { userId } = subscriber.viewer;
    const mine = byUser.get(userId);
    if (!mine?.delete(subscriber)) return;
    nextHeartbeat.delete(subscriber);
    owedResync.delete(subscriber);
    metrics.sockets.set(nextHeartbeat.size);
    if (mine.size > 0) return;
    byUser.delete(userId);
    bus.leave(userId);
    presence.closed(userId);
  }

  function drop(subscriber: Subscriber, code: number): void {
    remove(subscriber);
    subscriber.close(code);
  }

  return {
    /**
     * Resolves when everything committed later will ring here, or be covered by a resync. False
     * when the session has ended while this was under way; the socket is then closed.
     */
    async add(subscriber: Subscriber): Promise<boolean> {
      const { userId } = subscriber.viewer;
      const mine = byUser.get(userId) ?? new Set();
      byUser.set(userId, mine.add(subscriber));
      if (mine.size === 1) presence.opened(userId);
      nextHeartbeat.set(subscriber, performance.now() + heartbeat);
      metrics.sockets.set(nextHeartbeat.size);
      const [oldest] = mine;
      if (oldest && mine.size > config.socketsPerUser) drop(oldest, CLOSE.tooManySockets);
      await bus.join(userId);
      // Between the check of the token and this, a logout would have found nobody to tell.
      await dropEnded([subscriber]);
      return mine.has(subscriber);
    },

    remove,

    count: (): number => nextHeartbeat.size,

    hasAny: (userId: number): boolean => byUser.has(userId),

    /** The close code for a viewer whose token or session has ended, as the database says; else undefined. */
    async endOf({ viewer }: Subscriber): Promise<number | undefined> {
      if (viewer.tokenEndsAt <= Date.now()) return CLOSE.tokenEnded;
      const ended = await findEndedSessions([viewer.sessionId]);
      return ended.size > 0 ? CLOSE.accessRevoked : undefined;
    },

    /** All clients reconnect elsewhere, or here after the restart. */
    closeAll(): void {
      clearInterval(sweeps);
      clearInterval(resyncing);
      for (const subscriber of nextHeartbeat.keys()) drop(subscriber, CLOSE.restarting);
    },
  };
}
