import { Counter } from 'prom-client';
import type { Config } from '../../core/config.ts';
import type { Database } from '../../core/database.ts';
import { formatMessageId, parseMessageId } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import type { Metrics } from '../../core/metrics.ts';
import { withinTime } from '../../core/within-time.ts';
import type { Announce } from '../announce.ts';
import type { AnnouncedFrame } from '../frames.ts';
import { keepLooks, type Look } from './looks.ts';
import { pushQueue } from './push-queue.ts';
import { listNewest, listReachable, type Reachable, type Sent } from './reachable.ts';
import { forgetSubscription, isSuccessNews, noteSuccess } from './subscriptions.ts';

/** Milliseconds between two times that what is due is looked for. */
const TICK = 100;
/** Conversations of one query. */
const MAX_LOOKS = 100;
/** Milliseconds that a shutdown waits for pushes under way. */
const CLOSE_TIMEOUT = 1_000;

interface Parts {
  db: Database;
  metrics: Pick<Metrics, 'registry'>;
  log: Logger;
  config: Pick<Config, 'vapid' | 'pushDelay' | 'pushToLoopback'>;
  /** Whether this process holds one of the user's. */
  hasSocket(userId: number): boolean;
}

export interface Push {
  /** Has new messages pushed that are announced. Costs what is announced nothing, and never fails it. */
  listenTo(announce: Announce): Announce;
  /** What is held is sent; while sockets are still known to be those of people who are about to come back. */
  close(): Promise<void>;
}

/**
 * Tells devices without a socket of new messages, by their id. The process that announces one holds it for a moment and then
 * looks who has neither read it nor a socket anywhere. Who seems to have a socket but does not fetch is looked at again, for
 * a connection that is gone shows late. What a process that dies was holding is not pushed: push is at most once.
 */
export async function keepPush(parts: Parts): Promise<Push> {
  const { vapid, pushToLoopback, pushDelay } = parts.config;
  if (!vapid) return { listenTo: (announce) => announce, async close() {} };
  const { pushSender } = await import('./send-push.ts');
  const { db, metrics, log, hasSocket } = parts;
  const sender = await pushSender({ vapid, allowLoopback: pushToLoopback });
  const looks = keepLooks(pushDelay);
  const queue = pushQueue();
  const pushes = new Counter({
    name: 'doorbell_pushes_total',
    help: 'Web pushes, by what became of them',
    labelNames: ['outcome'],
    registers: [metrics.registry],
  });
  let looking: Promise<void> = Promise.resolve();
  let isLooking = false;
  const ticks = setInterval(tick, TICK);

  function tick(): void {
    if (isLooking) return;
    isLooking = true;
    looking = lookAtDue(performance.now()).finally(() => {
      isLooking = false;
    });
  }

  /** Never rejects. */
  async function lookAtDue(now: number): Promise<void> {
    for (;;) {
      const due = looks.takeDue(now, MAX_LOOKS);
      if (due.length === 0) return;
      try {
        await lookAt(due);
      } catch (error) {
        pushes.inc({ outcome: 'dropped' }, due.length);
        log.warn({ err: error }, 'new messages are not pushed');
      }
    }
  }

  async function lookAt(due: readonly Look[]): Promise<void> {
    const ids = [...new Set(due.map(({ conversationId }) => conversationId))];
    const devices = Map.groupBy(await listReachable(db, ids), (device) => device.conversationId);
    for (const look of due) {
      const unread = (devices.get(look.conversationId) ?? []).filter(
        ({ subscriptionId, readThrough }) =>
          readThrough < look.to && (look.only?.has(subscriptionId) ?? true),
      );
      if (unread.length > 0) tell(look, unread, await listNewest(db, look.conversationId, look));
    }
  }

  function tell(look: Look, devices: readonly Reachable[], newest: readonly Sent[]): void {
    const waiting: number[] = [];
    for (const device of devices) {
      const { userId, readThrough, subscriptionId } = device;
      const sent = newest.find((one) => one.senderId !== userId);
      if (!sent || sent.sequence <= readThrough) continue;
      if (!device.isOnline && !hasSocket(userId)) push(look, device, sent.sequence);
      else if (device.deliveredSequence < sent.sequence) waiting.push(subscriptionId);
    }
    if (waiting.length > 0) looks.repeat(look, waiting);
  }

  function push(look: Look, device: Reachable, sequence: number): void {
    const id = formatMessageId(look.conversationId, sequence);
    const frame = JSON.stringify({ event: 'message.created', id } satisfies AnnouncedFrame);
    const isQueued = queue.add(device.userId, () =>
      deliver(look, device, frame).catch((error) => {
        pushes.inc({ outcome: 'failed' });
        log.warn({ err: error }, 'a message was not pushed');
      }),
    );
    if (!isQueued) pushes.inc({ outcome: 'dropped' });
  }

  async function deliver(look: Look, device: Reachable, frame: string): Promise<void> {
    const { subscriptionId } = device;
    const outcome = await sender.send(device, look.conversationId, frame);
    pushes.inc({ outcome: outcome.kind });
    if (outcome.kind === 'later') looks.repeat(look, [subscriptionId], outcome.retryAfter);
    else if (outcome.kind === 'gone') await forgetSubscription(db, device);
    else if (outcome.kind === 'refused')
      log.warn({ service: new URL(device.endpoint).host }, 'a push service refuses us');
    else if (isSuccessNews(device)) await noteSuccess(db, subscriptionId);
  }

  return {
    listenTo: (announce) => (event, id, userIds) => {
      const key = event === 'message.created' ? parseMessageId(id) : undefined;
      const isHeld = !key || looks.add(key.conversationId, key.sequence);
      if (!isHeld) pushes.inc({ outcome: 'dropped' });
      return announce(event, id, userIds);
    },

    async close() {
      clearInterval(ticks);
      await looking;
      await lookAtDue(Number.POSITIVE_INFINITY);
      await withinTime(CLOSE_TIMEOUT, queue.idle());
      sender.close();
    },
  };
}
