import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../core/config.ts';
import { type Database, transact } from '../core/database.ts';
import type { Logger } from '../core/logger.ts';
import type { Announce } from './announce.ts';
import { deathWatch } from './presence-deaths.ts';
import { keepPresenceNews } from './presence-news.ts';
import { listHeldElsewhere, writeFarewell, writeMovement } from './presence-rows.ts';

/** Milliseconds in which arrivals and departures are gathered. */
const GATHERING = 1_000;
/** Milliseconds without a socket until somebody is offline: who reconnects meanwhile was never away. */
const GRACE = 3_000;
/** Milliseconds between two signs of life of a process that holds users. */
const SIGN_INTERVAL = 10_000;
/** Users of one transaction; the others are written by the next. */
const MAX_WRITTEN = 2_000;

interface Parts {
  db: Database;
  announce: Announce;
  log: Logger;
  config: Pick<Config, 'presence' | 'presenceMaxMembers' | 'vapid'>;
  isMigrated(): boolean;
}

/** What the sockets of this process tell. Neither throws nor waits. */
export interface Presence {
  /** The user's first socket here. */
  opened(userId: number): void;
  /** The user's last socket here. */
  closed(userId: number): void;
  /** After the sockets are closed: nobody is online through this process any more. */
  close(): Promise<void>;
}

/**
 * Keeps the rows by which users are online: one for each user with sockets here, true while this process gives signs
 * of life. What it holds in memory is the truth, and the rows follow it in groups, later when the database is
 * away. It also looks after the rows of processes that died.
 */
export function keepPresence(parts: Parts): Presence {
  const { presence, vapid } = parts.config;
  // Who has a socket somewhere gets no push, whether or not others may see it.
  if (!presence && !vapid) return { opened() {}, closed() {}, async close() {} };
  const { db, log, isMigrated } = parts;
  const processId = randomUUID();
  const news = keepPresenceNews(parts);
  const buryDead = deathWatch({ db, log, news, processId });
  /** With sockets here. */
  const here = new Set<number>();
  /** With rows. */
  const written = new Set<number>();
  /** Whose row is to be looked after, and when, by this process' own clock. */
  const due = new Map<number, number>();
  const stop = new AbortController();
  let nextSign = 0;
  const running = keep();

  async function keep(): Promise<void> {
    while (!stop.signal.aborted) {
      await sleep(GATHERING, undefined, { signal: stop.signal }).catch(() => {});
      for (const step of [write, buryDead, news.tell]) {
        if (stop.signal.aborted || !isMigrated()) break;
        await step().catch((error) => log.debug({ err: error }, 'presence will be tried again'));
      }
    }
  }

  async function write(): Promise<void> {
    const now = performance.now();
    const users = takeDue(now);
    if (users.length === 0 && (written.size === 0 || now < nextSign)) return;
    const arrived = users.filter((userId) => here.has(userId));
    const departed = users.filter((userId) => !here.has(userId));
    try {
      const movement = { arrived, departed };
      const { fresh, wasAlive } = await transact(db, (trx) =>
        writeMovement(trx, processId, movement),
      );
      nextSign = now + SIGN_INTERVAL;
      await settle(movement, fresh);
      if (!wasAlive) rewriteAllBut(arrived);
    } catch (error) {
      for (const userId of users) if (!due.has(userId)) due.set(userId, now);
      throw error;
    }
  }

  /** Ascending, as all writers of several rows take them. */
  function takeDue(now: number): number[] {
    const users: number[] = [];
    for (const [userId, at] of due) {
      if (at > now) continue;
      due.delete(userId);
      // Even the shortest visit is one: whoever has gone is written down.
      if (!here.has(userId) || !written.has(userId)) users.push(userId);
      if (users.length === MAX_WRITTEN) break;
    }
    return users.sort((a, b) => a - b);
  }

  /**
   * Two processes that one user moves between must not both leave it to the other to tell: an arrival is no news
   * only for whom another process held before and after it, a departure for whom one holds after it.
   */
  async function settle(
    { arrived, departed }: { arrived: number[]; departed: number[] },
    fresh: ReadonlySet<number>,
  ): Promise<void> {
    const gone = departed.filter((userId) => written.delete(userId));
    for (const userId of arrived) written.add(userId);
    news.add(fresh);
    const open = [...gone, ...arrived.filter((userId) => !fresh.has(userId))];
    const held = await listHeldElsewhere(db, processId, open).catch(() => new Set());
    news.add(open.filter((userId) => !held.has(userId)));
  }

  /** This process was silent for so long that it was taken for dead, and its users for gone. */
  function rewriteAllBut(arrived: readonly number[]): void {
    const kept = new Set(arrived);
    for (const userId of written) {
      if (kept.has(userId)) continue;
      written.delete(userId);
      due.set(userId, 0);
    }
  }

  async function leave(): Promise<void> {
    const users = [...new Set([...written, ...due.keys()])].sort((a, b) => a - b);
    try {
      await transact(db, (trx) => writeFarewell(trx, processId, users));
      const held = await listHeldElsewhere(db, processId, [...written]);
      news.add([...written].filter((userId) => !held.has(userId)));
      // Of a crowd one batch: most of them are about to come back elsewhere.
      await news.tell();
    } catch (error) {
      log.debug({ err: error }, 'no farewell was written: another process buries this one');
    }
  }

  return {
    opened(userId) {
      here.add(userId);
      due.set(userId, 0);
    },

    closed(userId) {
      here.delete(userId);
      due.set(userId, performance.now() + GRACE);
    },

    async close() {
      stop.abort();
      await running.then(leave);
    },
  };
}
