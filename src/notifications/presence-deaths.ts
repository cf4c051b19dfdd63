import { type Database, type Trx, transact } from '../core/database.ts';
import { databaseNow } from '../core/dialect.ts';
import type { Logger } from '../core/logger.ts';
import { PROCESS_LIFE } from '../users/presence.ts';
import type { PresenceNews } from './presence-news.ts';
import { eachChunk, listHeldElsewhere } from './presence-rows.ts';

/** Milliseconds between two looks. */
const LOOK_INTERVAL = 2_000;

interface Parts {
  db: Database;
  log: Logger;
  news: Pick<PresenceNews, 'add'>;
  /** Of the process that looks. */
  processId: string;
}

/**
 * Returns what to call again and again: every two seconds it looks for processes that died and buries them. Of several
 * processes that see a death the fastest does it.
 */
export function deathWatch({ db, log, news, processId }: Parts): () => Promise<void> {
  let nextLook = 0;
  return async () => {
    const now = performance.now();
    if (now < nextLook) return;
    nextLook = now + LOOK_INTERVAL;
    for (const dead of await listDead(db, processId)) {
      const users = await bury(db, dead, news.add);
      if (users.length > 0) log.warn({ users: users.length }, 'a process died: its users are gone');
      // Unless they are held elsewhere, here too.
      const held = await listHeldElsewhere(db, dead.id, users).catch(() => new Set());
      news.add(users.filter((userId) => !held.has(userId)));
    }
  };
}

interface DeadProcess {
  id: string;
  seen_at: number;
}

const listDead = (db: Database, processId: string): Promise<DeadProcess[]> =>
  db
    .selectFrom('processes')
    .selectAll()
    .where('id', '!=', processId)
    .where((eb) => eb('seen_at', '<=', eb(databaseNow(db), '-', PROCESS_LIFE)))
    .execute();

/**
 * Removes all that a dead process had written: its users were last seen when it was. Returns them; none
 * when another process was faster, or when it lives after all. `whenUnknown` hears of them when the answer to the COMMIT is lost.
 */
const bury = (
  db: Database,
  dead: DeadProcess,
  whenUnknown: (userIds: number[]) => void,
): Promise<number[]> =>
  transact(
    db,
    async (trx) => {
      const { numDeletedRows } = await trx
        .deleteFrom('processes')
        .where('id', '=', dead.id)
        .where('seen_at', '=', dead.seen_at)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 0n ? [] : removeUsers(trx, dead);
    },
    whenUnknown,
  );

async function removeUsers(trx: Trx, { id, seen_at }: DeadProcess): Promise<number[]> {
  const rows = await trx
    .selectFrom('online')
    .select('user_id')
    .where('process_id', '=', id)
    .orderBy('user_id')
    .execute();
  const userIds = rows.map((row) => row.user_id);
  await eachChunk(userIds, (chunk) =>
    trx
      .updateTable('users')
      .set({ last_seen_at: seen_at })
      .where('id', 'in', chunk)
      // They may have been seen elsewhere since.
      .where((eb) => eb.or([eb('last_seen_at', 'is', null), eb('last_seen_at', '<', seen_at)]))
      .execute(),
  );
  await trx.deleteFrom('online').where('process_id', '=', id).execute();
  return userIds;
}
