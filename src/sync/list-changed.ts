import type { Database } from '../core/database.ts';

/** Which messages of a conversation are asked for: changed after a version, and within these sequences. */
export interface ChangedRange {
  conversationId: number;
  afterVersion: number;
  afterSequence: number;
  throughSequence: number;
}

/** The sequences of changed messages, ascending, at most `limit` of each conversation; by its id. */
export async function listChanged(
  db: Database,
  ranges: readonly ChangedRange[],
  limit: number,
): Promise<Map<number, number[]>> {
  const [first, ...others] = ranges.map((range) => selectChanged(db, range, limit));
  if (!first) return new Map();
  const all = others.reduce((query, other) => query.unionAll(other), first);
  const rows = await all.execute();
  return new Map(
    [...Map.groupBy(rows, (row) => row.conversation_id)].map(([id, own]) => [
      id,
      own.map(({ sequence }) => sequence).sort((a, b) => a - b),
    ]),
  );
}

const selectChanged = (db: Database, range: ChangedRange, limit: number) =>
  db
    .selectFrom(
      db
        .selectFrom('changes')
        .select(['conversation_id', 'sequence'])
        .where('conversation_id', '=', range.conversationId)
        .where('version', '>', range.afterVersion)
        .where('sequence', '>', range.afterSequence)
        .where('sequence', '<=', range.throughSequence)
        .orderBy('version', 'desc')
        .limit(limit)
        .as('changed'),
    )
    .select(['conversation_id', 'sequence']);
