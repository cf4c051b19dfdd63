import type { Database } from '../../core/database.ts';

/** Conversations of one statement. */
const CHUNK = 500;

/**
 * Of the conversations after this id, some at a time: those that have messages which are not indexed. `through` is
 * undefined when there are no more to look at.
 */
export async function listBehind(
  db: Database,
  after: number,
): Promise<{ behind: number[]; through: number | undefined }> {
  const rows = await db
    .selectFrom('conversations')
    .leftJoin('search_heads', 'search_heads.conversation_id', 'conversations.id')
    .select(['conversations.id', 'last_sequence', 'indexed_sequence'])
    .where('conversations.id', '>', after)
    .orderBy('conversations.id')
    .limit(CHUNK)
    .execute();
  const behind = rows.filter((row) => row.last_sequence > (row.indexed_sequence ?? 0));
  return {
    behind: behind.map(({ id }) => id),
    through: rows.length < CHUNK ? undefined : rows.at(-1)?.id,
  };
}
