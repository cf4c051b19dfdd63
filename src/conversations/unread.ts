import { sql } from 'kysely';
import type { Database } from '../core/database.ts';

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
  const own = db
    .selectFrom('messages')
    .where('sender_id', '=', userId)
    .where((eb) =>
      eb.or(
        behind.map(({ id, from }) =>
          eb.and([eb('conversation_id', '=', id), eb('sequence', '>', from)]),
        ),
      ),
    )
    .select(['conversation_id', sql<number>`count(*)`.as('count')])
    .groupBy('conversation_id');
  const deleted = db
    .selectFrom('changes')
    .innerJoin('messages', (join) =>
      join
        .onRef('messages.conversation_id', '=', 'changes.conversation_id')
        .onRef('messages.sequence', '=', 'changes.sequence'),
    )
    .where('messages.sender_id', '!=', userId)
    .where('messages.deleted_at', 'is not', null)
    .where((eb) =>
      eb.or(
        behind.map(({ id, from }) =>
          eb.and([eb('changes.conversation_id', '=', id), eb('changes.sequence', '>', from)]),
        ),
      ),
    )
    .select(['changes.conversation_id', sql<number>`count(*)`.as('count')])
    .groupBy('changes.conversation_id');
  const rows = await own.unionAll(deleted).execute();
  const unread = new Map(behind.map(({ id, last, from }) => [id, last - from]));
  for (const { conversation_id: id, count } of rows) {
    unread.set(id, (unread.get(id) ?? 0) - Number(count));
  }
  return unread;
}
