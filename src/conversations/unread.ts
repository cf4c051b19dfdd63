import { type ExpressionBuilder, sql } from 'kysely';
import type { Database } from '../core/database.ts';
import type { Tables } from '../core/tables.ts';

interface Position {
  id: number;
  last_sequence: number;
  read_sequence: number;
  hidden_through: number;
}

/**
 * Unread messages by conversation: sequences have no gaps, so it is what came after the marker, less one's
 * own and the deleted. Both are few and lie in one range of an index for each conversation; that the bounds are
 * constants of the statement is what lets MySQL see it.
 */
export async function countUnread(
  db: Database,
  userId: number,
  positions: readonly Position[],
): Promise<Map<number, number>> {
  const behind = positions
    .map((position) => ({
      id: position.id,
      last: position.last_sequence,
      from: Math.max(position.read_sequence, position.hidden_through),
    }))
    .filter(({ last, from }) => last > from);
  if (behind.length === 0) return new Map();
  const rangesOf = (eb: ExpressionBuilder<Tables, 'messages' | 'deletions'>) =>
    eb.or(
      behind.map(({ id, from, last }) =>
        eb.and([
          eb('conversation_id', '=', id),
          eb('sequence', '>', from),
          // What was posted since the positions were read is not counted in them either.
          eb('sequence', '<=', last),
        ]),
      ),
    );
  const count = sql<number>`count(*)`.as('count');
  const own = db
    .selectFrom('messages')
    .where('sender_id', '=', userId)
    .where(rangesOf)
    .select(['conversation_id', count])
    .groupBy('conversation_id');
  const deleted = db
    .selectFrom('deletions')
    .where('sender_id', '!=', userId)
    .where(rangesOf)
    .select(['conversation_id', count])
    .groupBy('conversation_id');
  const rows = await own.unionAll(deleted).execute();
  const unread = new Map(behind.map(({ id, last, from }) => [id, last - from]));
  for (const { conversation_id: id, count } of rows) {
    unread.set(id, (unread.get(id) ?? 0) - Number(count));
  }
  return unread;
}
