import type { Database, Trx } from '../core/database.ts';
import { databaseNow } from '../core/dialect.ts';
import { PROCESS_LIFE } from '../users/presence.ts';

/** Users of one statement: MariaDB makes a table of a list of a thousand. */
const CHUNK = 500;

/** Those of one process whose first socket opened or whose last one closed, ascending. */
export interface Movement {
  arrived: readonly number[];
  departed: readonly number[];
}

/** What was so when a movement was written. */
export interface Written {
  /** Those arrived whom no other process held. */
  fresh: ReadonlySet<number>;
  /** False when the process had been buried, and all that it had written with it. */
  wasAlive: boolean;
}

/** Writes who came and went, and the process' sign of life; may be repeated. */
export async function writeMovement(
  trx: Trx,
  processId: string,
  { arrived, departed }: Movement,
): Promise<Written> {
  // First, and with its lock: whoever buries this process has done so altogether or waits.
  const wasAlive = await giveSign(trx, processId);
  await eachChunk(departed, (userIds) => writeDeparture(trx, processId, userIds));
  const held = await listHeldElsewhere(trx, processId, arrived);
  await eachChunk(arrived, (userIds) =>
    trx
      .insertInto('online')
      .ignore()
      .values(userIds.map((user_id) => ({ user_id, process_id: processId })))
      .execute(),
  );
  return { fresh: new Set(arrived.filter((userId) => !held.has(userId))), wasAlive };
}

async function giveSign(trx: Trx, processId: string): Promise<boolean> {
  const seen_at = databaseNow(trx);
  const { numUpdatedRows } = await trx
    .updateTable('processes')
    .set({ seen_at })
    .where('id', '=', processId)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows > 0n) return true;
  await trx.insertInto('processes').values({ id: processId, seen_at }).execute();
  return false;
}

async function writeDeparture(
  trx: Trx,
  processId: string,
  userIds: readonly number[],
): Promise<void> {
  await trx
    .deleteFrom('online')
    .where('process_id', '=', processId)
    .where('user_id', 'in', userIds)
    .execute();
  await trx
    .updateTable('users')
    .set({ last_seen_at: databaseNow(trx) })
    .where('id', 'in', userIds)
    .where('deleted_at', 'is', null)
    .execute();
}

/** Those of the users whom a living process other than this one holds, as far as is committed. */
export async function listHeldElsewhere(
  db: Database,
  processId: string,
  userIds: readonly number[],
): Promise<Set<number>> {
  const held = new Set<number>();
  await eachChunk(userIds, async (chunk) => {
    const rows = await db
      .selectFrom('online')
      .innerJoin('processes', 'processes.id', 'online.process_id')
      .select('online.user_id')
      .where('online.user_id', 'in', chunk)
      .where('online.process_id', '!=', processId)
      .where((eb) => eb('processes.seen_at', '>', eb(databaseNow(db), '-', PROCESS_LIFE)))
      .execute();
    for (const row of rows) held.add(row.user_id);
  });
  return held;
}

/** The last that a process writes. */
export async function writeFarewell(
  trx: Trx,
  processId: string,
  userIds: readonly number[],
): Promise<void> {
  await trx.deleteFrom('processes').where('id', '=', processId).execute();
  await eachChunk(userIds, (chunk) => writeDeparture(trx, processId, chunk));
}

/** Runs one after another. */
export async function eachChunk(
  userIds: readonly number[],
  work: (chunk: readonly number[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < userIds.length; at += CHUNK) await work(userIds.slice(at, at + CHUNK));
}
