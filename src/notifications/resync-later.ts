import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '../core/bus.ts';
import { type Database, pingDatabase } from '../core/database.ts';
import type { Logger } from '../core/logger.ts';
import { RESYNC } from './frames.ts';

const PING_INTERVAL = 1_000;
/** A COMMIT that lay unread in a stopped server is carried out when it goes on, perhaps after our first word. */
const SECOND_WORD = 5_000;

/** There may be something new for these users that nobody has announced. Never throws. */
export type ResyncLater = (userIds: readonly number[]) => void;

/**
 * When the answer to a COMMIT is lost, nobody knows whether there is something to announce, and whoever asked
 * may never ask again. So as soon as the database answers, all whom it may concern are told to sync, and once more
 * some seconds later.
 */
export function resyncWhenSettled({ db, bus, log }: { db: Database; bus: Bus; log: Logger }) {
  const stop = new AbortController();
  const stopped = once(stop.signal, 'abort').then(() => true);
  let concerned = new Set<number>();
  let settling: Promise<void> | undefined;

  const tell = (userIds: Iterable<number>): Promise<void> =>
    bus.publish([...userIds], { frame: RESYNC });

  async function settle(): Promise<void> {
    while (concerned.size > 0) {
      await sleep(PING_INTERVAL, undefined, { signal: stop.signal });
      if (await Promise.race([isAway(db), stopped])) continue;
      const userIds = concerned;
      concerned = new Set();
      log.warn({ users: userIds.size }, 'the answer to a COMMIT was lost: telling them to sync');
      await tell(userIds);
      // At a shutdown the second word is said early instead of never.
      await sleep(SECOND_WORD, undefined, { signal: stop.signal }).finally(() => tell(userIds));
    }
    settling = undefined;
  }

  const resyncLater: ResyncLater = (userIds) => {
    for (const userId of userIds) concerned.add(userId);
    settling ??= settle().catch(() => tell(concerned));
  };

  return {
    resyncLater,
    /** Whoever still waits for word gets it now. */
    async close(): Promise<void> {
      stop.abort();
      await settling;
    },
  };
}

const isAway = (db: Database): Promise<boolean> =>
  pingDatabase(db).then(
    () => false,
    () => true,
  );
