import type { Database } from '../core/database.ts';

/** The members who may see a message, and so hear of it: not those who joined later or have cleared it away. */
export async function listViewerIds(
  db: Database,
  conversationId: number,
  sequence: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom('members')
    .select('user_id')
    .where('conversation_id', '=', conversationId)
    .where('hidden_through', '<', sequence)
    .execute();
  return rows.map((row) => row.user_id);
}
