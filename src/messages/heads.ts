import { type CompiledQuery, type Kysely, sql } from 'kysely';
import { compiledOnce } from '../core/compiled-once.ts';
import type { Trx } from '../core/database.ts';
import { isSqlite } from '../core/dialect.ts';
import { padded } from '../core/padded.ts';
import type { Tables } from '../core/tables.ts';

// The last sequences of several conversations at once; see takeSequence for those of one.

/**
 * The last sequences of these conversations, ids ascending, which are held until the transaction ends. With `skipLocked`,
 * those that somebody else holds are left out as if they were not there.
 */
export async function lockHeads(
  trx: Trx,
  ids: readonly number[],
  { skipLocked }: { skipLocked: boolean },
): Promise<Map<number, number>> {
  const select = skipLocked ? selectUnlocked : selectAll;
  const rows = await select(trx, ...padded(ids));
  return new Map(rows.map((row) => [row.id, row.last_sequence]));
}

const headsOf = (db: Kysely<Tables>, ids: readonly number[]) =>
  db
    .selectFrom('conversations')
    .select(['id', 'last_sequence'])
    .where('id', 'in', ids)
    .orderBy('id')
    .$if(!isSqlite(db), (query) => query.forUpdate());

const selectAll = compiledOnce((db, ...ids: number[]) => headsOf(db, ids));

const selectUnlocked = compiledOnce((db, ...ids: number[]) =>
  headsOf(db, ids).$if(!isSqlite(db), (query) => query.skipLocked()),
);

/** The statement that takes so many sequences of each of these conversations, which are locked. */
export function advancing(
  trx: Trx,
  counts: ReadonlyMap<number, number>,
  now: number,
): CompiledQuery {
  const ids = padded([...counts.keys()]);
  const taken = ids.flatMap((id) => [id, counts.get(id) ?? 0]);
  return update.compile(trx, ...taken, now, ...ids);
}

const update = compiledOnce((db, ...parameters: number[]) => {
  const count = (parameters.length - 1) / 3;
  const ids = parameters.slice(-count);
  const cases = ids.map((_, at) => sql`when ${parameters[2 * at]} then ${parameters[2 * at + 1]}`);
  return db
    .updateTable('conversations')
    .set({
      last_sequence: sql<number>`last_sequence + case id ${sql.join(cases, sql` `)} end`,
      updated_at: parameters[2 * count] ?? 0,
    })
    .where('id', 'in', ids);
});
