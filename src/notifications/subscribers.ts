import type { Bus, Notice } from '../core/bus.ts';
import type { Config } from '../core/config.ts';
import type { Metrics } from '../core/metrics.ts';
import { CLOSE, type Subscriber } from './subscriber.ts';

const SWEEP_INTERVAL = 1_000;
/** After a gap, sockets are told to resync over at most this many milliseconds, one each millisecond. */
const MAX_RESYNC_SPREAD = 5_000;

export type Subscribers = ReturnType<typeof keepSubscribers>;

/** The sockets of this process, by user; the bus tells it what to ring. */
export function keepSubscribers(
  bus: Bus,
  metrics: Metrics,
  config: Pick<Config, 'heartbeatSeconds' | 'socketsPerUser'>,
) {
  const byUser = new Map<number, Set<Subscriber>>();
  const nextHeartbeat = new Map<Subscriber, number>();
  const heartbeat = config.heartbeatSeconds * 1_000;

  bus.listen({ notice, gap });
  const sweeps = setInterval(sweep, SWEEP_INTERVAL);

  function notice(userId: number, given: Notice): void {
    for (const subscriber of byUser.get(userId) ?? []) {
      if ('frame' in given) count(subscriber.ring(given.frame));
      else if (subscriber.viewer.sessionId === given.endedSession) {
        drop(subscriber, CLOSE.accessRevoked);
      }
    }
  }

  function count(sent: boolean): void {
    if (sent) metrics.framesSent.inc();
    else metrics.framesDropped.inc();
  }

  /** Spread, so that the syncs of all sockets do not arrive in one moment. */
  function gap(): void {
    const spread = Math.min(nextHeartbeat.size, MAX_RESYNC_SPREAD);
    for (const subscriber of nextHeartbeat.keys()) {
      setTimeout(() => subscriber.resync(), Math.random() * spread).unref();
    }
  }

  /** One timer for all sockets: tokens that ended, heartbeats that are due. */
  function sweep(): void {
    const now = Date.now();
    for (const [subscriber, due] of nextHeartbeat) {
      if (subscriber.viewer.tokenEndsAt <= now) drop(subscriber, CLOSE.tokenEnded);
      else if (due <= now) {
        nextHeartbeat.set(subscriber, now + heartbeat);
        if (!subscriber.heartbeat()) drop(subscriber, CLOSE.noHeartbeatAnswer);
      }
    }
  }

  function remove(subscriber: Subscriber): void {
    const { userId } = subscriber.viewer;
    const mine = byUser.get(userId);
    if (!mine?.delete(subscriber)) return;
    nextHeartbeat.delete(subscriber);
    metrics.sockets.set(nextHeartbeat.size);
    if (mine.size > 0) return;
    byUser.delete(userId);
    bus.leave(userId);
  }

  function drop(subscriber: Subscriber, code: number): void {
    remove(subscriber);
    subscriber.close(code);
  }

  return {
    /** Resolves when everything committed later will ring here, or be covered by a resync. */
    async add(subscriber: Subscriber): Promise<void> {
      const { userId } = subscriber.viewer;
      const mine = byUser.get(userId) ?? new Set();
      byUser.set(userId, mine.add(subscriber));
      nextHeartbeat.set(subscriber, Date.now() + heartbeat);
      metrics.sockets.set(nextHeartbeat.size);
      const [oldest] = mine;
      if (oldest && mine.size > config.socketsPerUser) drop(oldest, CLOSE.tooManySockets);
      await bus.join(userId);
    },

    remove,

    /** All clients reconnect elsewhere, or here after the restart. */
    closeAll(): void {
      clearInterval(sweeps);
      for (const subscriber of nextHeartbeat.keys()) drop(subscriber, CLOSE.restarting);
    },
  };
}
