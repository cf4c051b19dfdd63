import type { Database } from '../../src/core/database.ts';

/** Enough rows that a database would rather use an index than read a whole table. */
export async function fillStore(db: Database): Promise<void> {
  const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  await db
    .insertInto('users')
    .values(
      range(2_000).map((n) => ({
        username: `filler${n}`,
        email: `filler${n}@example.org`,
        display_name: `Somebody ${n}`,
        display_name_key: `somebody ${n}`,
        about: '',
        password_hash: '',
        role: 'user' as const,
        created_at: n,
      })),
    )
    .execute();
  const users = await db
    .selectFrom('users')
    .select('id')
    .where('username', 'like', 'filler%')
    .execute();
  for (const n of range(150)) {
    const ids = [users[n]?.id ?? 0, users[n + 200]?.id ?? 0];
    const { insertId } = await db
      .insertInto('conversations')
      .values({
        kind: 'direct',
        title: null,
        topic: null,
        visibility: 'private',
        max_members: 2,
        direct_key: ids.join(':'),
        member_count: 2,
        last_sequence: 100,
        version: 1,
        created_at: n,
        updated_at: n,
      })
      .executeTakeFirstOrThrow();
    const conversation = { conversation_id: Number(insertId) };
    const member = { role: 'member' as const, read_sequence: 0, joined_sequence: 0, joined_at: 0 };
    await db
      .insertInto('members')
      .values(ids.map((id) => ({ ...conversation, ...member, user_id: id })))
      .execute();
    await db
      .insertInto('messages')
      .values(
        range(100).map((sequence) => ({
          ...conversation,
          sequence,
          sender_id: ids[sequence % 2] ?? 0,
          body: `filling ${sequence}`,
          reply_to: null,
          idempotency_key: `key-${sequence}`,
          request_hash: null,
          version: 1,
          created_at: n,
          edited_at: null,
          deleted_at: null,
        })),
      )
      .execute();
  }
}

/** Puts `count` messages into an empty conversation behind the API's back, said by turns. */
export async function fillConversation(
  db: Database,
  conversationId: string,
  usernames: readonly string[],
  count: number,
): Promise<void> {
  const conversation_id = Number(conversationId);
  const users = await db
    .selectFrom('users')
    .select('id')
    .where('username', 'in', usernames)
    .execute();
  const started = Date.now() - count * 60_000;
  const rows = Array.from({ length: count }, (_, index) => ({
    conversation_id,
    sequence: index + 1,
    sender_id: users[Math.floor(index / 3) % users.length]?.id ?? 0,
    body: `message ${index + 1}${' and more'.repeat(index % 30)}`,
    reply_to: null,
    idempotency_key: `key-${index + 1}`,
    request_hash: null,
    version: 1,
    created_at: started + index * 60_000,
    edited_at: null,
    deleted_at: null,
  }));
  for (let from = 0; from < count; from += 1_000)
    await db
      .insertInto('messages')
      .values(rows.slice(from, from + 1_000))
      .execute();
  await db
    .updateTable('conversations')
    .set({ last_sequence: count })
    .where('id', '=', conversation_id)
    .execute();
}
