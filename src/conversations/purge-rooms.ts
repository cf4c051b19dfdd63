import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, transact } from '../core/database.ts';
import { deleteSome } from '../core/dialect.ts';
import type { Logger } from '../core/logger.ts';
import { keepSweeping, type Sweeper } from '../core/sweeper.ts';
import type { Tables } from '../core/tables.ts';

/**
 * What is removed, in this order, each table with its key: all that has rows by `conversation_id`, but for the
 * members, who go first. Without its head nothing more of a deleted room is indexed for the search.
 */
const PURGED: readonly { table: keyof Tables; key: readonly string[] }[] = [
  { table: 'search_heads', key: ['conversation_id'] },
  { table: 'search_segments', key: ['conversation_id', 'segment'] },
  { table: 'search_documents', key: ['conversation_id', 'sequence'] },
  { table: 'reactions', key: ['conversation_id', 'sequence', 'emoji', 'user_id'] },
  { table: 'deletions', key: ['conversation_id', 'sequence'] },
  { table: 'changes', key: ['conversation_id', 'sequence'] },
  { table: 'messages', key: ['conversation_id', 'sequence'] },
];
/** Rows of one transaction. */
const CHUNK = 500;
/** Milliseconds between two of them, for those who wait for the database. */
const PAUSE = 10;
/** Rooms that are looked up at once. */
const PAGE = 100;

export type RoomPurge = Sweeper;

/** Removes what deleted rooms left, in small transactions. `deleted_rooms` names them until nothing is left of them. */
export const keepPurging = ({
  db,
  ...parts
}: {
  db: Database;
  log: Logger;
  isMigrated(): boolean;
}): RoomPurge =>
  keepSweeping({
    ...parts,
    what: 'the purge of deleted rooms',
    sweep: (signal) => purgeDeletedRooms(db, signal),
  });

async function purgeDeletedRooms(db: Database, signal: AbortSignal): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const ids: number[] = await listDeletedRooms(db, after);
    for (const id of ids) await purgeRoom(db, id, signal);
    after = ids.at(-1);
  }
}

async function listDeletedRooms(db: Database, after: number): Promise<number[]> {
  const rows = await db
    .selectFrom('deleted_rooms')
    .select('conversation_id')
    .where('conversation_id', '>', after)
    .orderBy('conversation_id')
    .limit(PAGE)
    .execute();
  return rows.map((row) => row.conversation_id);
}

/** Nothing is added meanwhile: whatever writes to a conversation wants a member's row first, and there is none. */
async function purgeRoom(db: Database, id: number, signal: AbortSignal): Promise<void> {
  for (const rows of PURGED) {
    for (let deleted = CHUNK; deleted === CHUNK; ) {
      if (signal.aborted) return;
      deleted = await transact(db, (trx) => deleteSome(trx, rows, id, CHUNK));
      if (deleted === CHUNK) await sleep(PAUSE);
    }
  }
  await transact(db, async (trx) => {
    await trx.deleteFrom('conversations').where('id', '=', id).execute();
    await trx.deleteFrom('deleted_rooms').where('conversation_id', '=', id).execute();
  });
}
