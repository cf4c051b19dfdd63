import { sql } from 'kysely';
import type { Database } from '../core/database.ts';
import { formatMessageId } from '../core/ids.ts';
import type { Reaction } from './schemas.ts';

interface MessageRef {
  conversation_id: number;
  sequence: number;
  reacted: number;
}

/**
 * The reactions to these messages as one user sees them, by message id; each emoji where it first came. One
 * statement, and none when nobody reacted to any.
 */
export async function listReactions(
  db: Database,
  userId: number,
  messages: readonly MessageRef[],
): Promise<Map<string, Reaction[]>> {
  const reacted = messages.filter((message) => message.reacted === 1);
  if (reacted.length === 0) return new Map();
  const rows = await db
    .selectFrom('reactions')
    .select(['conversation_id', 'sequence', 'emoji'])
    .select([
      sql<number>`count(*)`.as('count'),
      sql<number>`max(case when user_id = ${userId} then 1 else 0 end)`.as('mine'),
    ])
    .where((eb) =>
      eb.or(
        [...Map.groupBy(reacted, (message) => message.conversation_id)].map(([id, group]) =>
          eb.and([
            eb('conversation_id', '=', id),
            eb(
              'sequence',
              'in',
              group.map(({ sequence }) => sequence),
            ),
          ]),
        ),
      ),
    )
    .groupBy(['conversation_id', 'sequence', 'emoji'])
    .orderBy(sql`min(version)`)
    .execute();
  const byMessage = Map.groupBy(rows, (row) => formatMessageId(row.conversation_id, row.sequence));
  return new Map(
    [...byMessage].map(([id, own]) => [
      id,
      own.map(({ emoji, count, mine }) => ({
        emoji,
        count: Number(count),
        mine: Number(mine) === 1,
      })),
    ]),
  );
}
