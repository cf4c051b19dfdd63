import type { Database } from '../../src/core/database.ts';

/** Puts users into a conversation behind the API's back: until there are rooms, none has more than two. */
export async function addMembers(
  db: Database,
  conversationId: string,
  usernames: readonly string[],
): Promise<void> {
  const users = await db
    .selectFrom('users')
    .select('id')
    .where('username', 'in', usernames)
    .execute();
  const rows = users.map(({ id }) => ({
    conversation_id: Number(conversationId),
    user_id: id,
    role: 'member' as const,
    read_sequence: 0,
    joined_sequence: 0,
    joined_at: 0,
  }));
  await db.insertInto('members').values(rows).execute();
}
