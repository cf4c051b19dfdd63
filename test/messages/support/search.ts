import type { Database } from '../../../src/core/database.ts';
import { indexSome } from '../../../src/messages/search/index-messages.ts';
import { listBehind } from '../../../src/messages/search/list-behind.ts';
import type { TestUser } from '../../support/http.ts';

interface Found {
  id: string;
  body: string;
  highlights: { start: number; end: number }[];
}

/** Bodies, newest first, with [brackets] around what was found. Throws for anything but a 200. */
export async function search(user: TestUser, query: Record<string, string>): Promise<string[]> {
  return (await searchPage(user, query)).messages.map(mark);
}

async function searchPage(
  user: TestUser,
  query: Record<string, string>,
): Promise<{ messages: Found[]; hasMore: boolean; next: string | null }> {
  const { status, body } = await user.get(`/messages/search?${new URLSearchParams(query)}`);
  if (status !== 200) throw new Error(`search ${query['q']}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Throws when highlights overlap, or are not in order. */
function mark({ body, highlights }: Found): string {
  let marked = '';
  let at = 0;
  for (const { start, end } of highlights) {
    if (start < at || end <= start) throw new Error(`highlights ${JSON.stringify(highlights)}`);
    marked += `${body.slice(at, start)}[${body.slice(start, end)}]`;
    at = end;
  }
  return marked + body.slice(at);
}

/** What the background does in its own time. */
export async function indexAll(db: Database): Promise<void> {
  for (let from: number | undefined = 0; from !== undefined; ) {
    const { behind, through }: Awaited<ReturnType<typeof listBehind>> = await listBehind(db, from);
    for (const id of behind) {
      for (let rest = [id]; rest.length > 0; ) rest = await indexSome(db, rest);
    }
    from = through;
  }
}

interface Written {
  body: string;
  createdAt?: number;
}

/** Messages of one sender that no process hears of, as from an import. */
export async function writeBehind(
  db: Database,
  conversationId: string,
  messages: readonly Written[],
): Promise<void> {
  const id = Number(conversationId);
  const { last_sequence: before } = await db
    .selectFrom('conversations')
    .select('last_sequence')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const { user_id: senderId } = await db
    .selectFrom('members')
    .select('user_id')
    .where('conversation_id', '=', id)
    .executeTakeFirstOrThrow();
  const rows = messages.map(({ body, createdAt = Date.now() }, index) => ({
    conversation_id: id,
    sequence: before + index + 1,
    sender_id: senderId,
    body,
    reply_to: null,
    idempotency_key: null,
    request_hash: null,
    version: 1,
    created_at: createdAt,
    edited_at: null,
    deleted_at: null,
  }));
  for (let at = 0; at < rows.length; at += 1_000) {
    await db
      .insertInto('messages')
      .values(rows.slice(at, at + 1_000))
      .execute();
  }
  await db
    .updateTable('conversations')
    .set({ last_sequence: before + rows.length })
    .where('id', '=', id)
    .execute();
}

/** Everything that is found, page by page. Throws when a page is not as it says. */
export async function searchAll(user: TestUser, query: Record<string, string>): Promise<string[]> {
  const bodies: string[] = [];
  for (let before = {}; ; ) {
    const { messages, hasMore, next } = await searchPage(user, { ...query, ...before });
    bodies.push(...messages.map(({ body }) => body));
    if (hasMore !== (next !== null)) throw new Error(`hasMore ${hasMore}, next ${next}`);
    if (next === null) return bodies;
    if (messages.length !== Number(query['limit'] ?? 20)) throw new Error('a page is too short');
    before = { before: next };
  }
}

/** 0 when nothing of the conversation is indexed. */
export async function indexedSequence(db: Database, conversationId: number): Promise<number> {
  const row = await db
    .selectFrom('search_heads')
    .select('indexed_sequence')
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return row?.indexed_sequence ?? 0;
}

export async function isIndexed(db: Database, conversationId: string): Promise<boolean> {
  const row = await db
    .selectFrom('conversations')
    .innerJoin('search_heads', 'search_heads.conversation_id', 'conversations.id')
    .select(['last_sequence', 'indexed_sequence'])
    .where('conversations.id', '=', Number(conversationId))
    .executeTakeFirst();
  return row?.last_sequence === row?.indexed_sequence && row !== undefined;
}

export const range = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => index);
