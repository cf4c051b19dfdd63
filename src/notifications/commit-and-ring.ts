import { type Database, type Trx, transact } from '../core/database.ts';
import type { Announce } from './announce.ts';
import type { AnnouncedFrame } from './frames.ts';
import type { ResyncLater } from './resync-later.ts';

/** What every use case that changes something needs. */
export interface RingParts {
  db: Database;
  announce: Announce;
  resyncLater: ResyncLater;
}

/** A notification, and whose sockets it is for. */
export interface Ring {
  event: AnnouncedFrame['event'];
  id: string;
  userIds: readonly number[];
}

/**
 * Runs `work` in one transaction and, once it is committed, rings as the outcome says; nothing is rung for
 * what was undone. When the answer to the COMMIT is lost, those it may concern are told to sync.
 */
export async function commitAndRing<T extends { rings: readonly Ring[] }>(
  { db, announce, resyncLater }: RingParts,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  const outcome = await transact(db, work, ({ rings }) =>
    resyncLater(rings.flatMap(({ userIds }) => userIds)),
  );
  await Promise.all(outcome.rings.map(({ event, id, userIds }) => announce(event, id, userIds)));
  return outcome;
}
