import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../core/database.ts';
import { parseMessageId } from '../../core/ids.ts';
import type { Logger } from '../../core/logger.ts';
import type { Announce } from '../../notifications/announce.ts';
import { indexSome, MAX_CONVERSATIONS } from './index-messages.ts';
import { listBehind } from './list-behind.ts';

/** Milliseconds in which posts are gathered: one transaction then indexes many of them. */
const GATHERING = 3_000;
/**
 * After each transaction the index rests for as long, and in a process that is busy this many times as long, so that a
 * crowd that posts does not feel it.
 */
const LONGEST_REST = 12;
/** Conversations that may wait; more are left to whoever searches them, or to the next start. */
const MAX_WAITING = 50_000;

export interface Indexing {
  /** These conversations have messages that are not indexed. Never throws; costs nothing now. */
  touch(conversationIds: readonly number[]): void;
  /** Has all messages indexed that are announced. */
  listenTo(announce: Announce): Announce;
  /** Resolves when what is under way has ended; what waits is left to the next start. */
  close(): Promise<void>;
}

interface Parts {
  db: Database;
  log: Logger;
  isMigrated(): boolean;
}

/**
 * Indexes in the background what is posted, some seconds later, and after a start all that was left. No post
 * waits for it or fails with it; any number of processes may do it at once.
 */
export function keepIndexing({ db, log, isMigrated }: Parts): Indexing {
  const waiting = new Set<number>();
  const stop = new AbortController();
  /** Conversations up to this one were looked through since the start. */
  let swept: number | undefined = 0;

  let before = performance.eventLoopUtilization();

  /** 1 in a process that has had nothing else to do since the last time; the busier, the more. */
  function restFactor(): number {
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    return Math.min(LONGEST_REST, 1 / (1 - utilization));
  }

  const touch: Indexing['touch'] = (conversationIds) => {
    for (const id of conversationIds) if (waiting.size < MAX_WAITING) waiting.add(id);
  };

  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: stop.signal }).catch(() => {});

  async function work(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        if (isMigrated()) await workOff();
      } catch (error) {
        log.warn({ err: error }, 'messages are not indexed; trying again');
      }
      await pause(GATHERING);
    }
  }

  async function workOff(): Promise<void> {
    while (!stop.signal.aborted && (waiting.size > 0 || swept !== undefined)) {
      if (waiting.size < MAX_CONVERSATIONS && swept !== undefined) {
        const { behind, through } = await listBehind(db, swept);
        touch(behind);
        swept = through;
      }
      const started = performance.now();
      await indexFirst();
      await pause(restFactor() * (performance.now() - started));
    }
  }

  /** What is left of the first goes behind the others. */
  async function indexFirst(): Promise<void> {
    const ids = [...waiting.keys().take(MAX_CONVERSATIONS)];
    if (ids.length === 0) return;
    for (const id of ids) waiting.delete(id);
    try {
      touch(await indexSome(db, ids));
    } catch (error) {
      touch(ids);
      throw error;
    }
  }

  const working = work();
  return {
    touch,
    listenTo: (announce) => (event, id, userIds) => {
      const key = event === 'message.created' ? parseMessageId(id) : undefined;
      if (key) touch([key.conversationId]);
      return announce(event, id, userIds);
    },
    async close() {
      stop.abort();
      await working;
    },
  };
}
