import { sql } from 'kysely';
import type { Database } from '../core/database.ts';
import { toTimestamp } from '../core/ids.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { invalidValue, notFound } from '../core/problems.ts';
import { toUser } from '../users/users.ts';
import { toMessage } from './message-view.ts';
import type { Conversation, ConversationList } from './schemas.ts';

/**
 * The conversations of one user, each with its last message, the number of unread ones and, in a
 * direct conversation, the other party: one statement for all of them. Whoever is not a member has
 * no row.
 */
const selectConversations = (db: Database, userId: number) =>
  db
    .selectFrom('members as me')
    .innerJoin('conversations as c', 'c.id', 'me.conversation_id')
    .leftJoin('messages as last', (join) =>
      join
        .onRef('last.conversation_id', '=', 'c.id')
        .onRef('last.sequence', '=', 'c.last_sequence'),
    )
    .leftJoin('users as sender', 'sender.id', 'last.sender_id')
    // Notes to oneself have one member, who is then the other party too.
    .leftJoin('members as other', (join) =>
      join
        .onRef('other.conversation_id', '=', 'c.id')
        .on('c.kind', '=', 'direct')
        .on((eb) => eb.or([eb('other.user_id', '!=', userId), eb('c.member_count', '=', 1)])),
    )
    .leftJoin('users as party', 'party.id', 'other.user_id')
    .where('me.user_id', '=', userId)
    .select([
      'c.id',
      'c.kind',
      'c.title',
      'c.topic',
      'c.visibility',
      'c.max_members',
      'c.member_count',
      'c.last_sequence',
      'c.version',
      'c.created_at',
      'c.updated_at',
      'me.role',
      'me.read_sequence',
      'last.sequence',
      'last.body',
      'last.reply_to',
      'last.created_at as last_created_at',
      'last.edited_at',
      'last.deleted_at',
      'last.version as last_version',
      'sender.username as sender',
      'party.username',
      'party.display_name',
      'party.about',
    ])
    .select((eb) =>
      eb
        .selectFrom('messages as m')
        .whereRef('m.conversation_id', '=', 'c.id')
        .whereRef('m.sequence', '>', 'me.read_sequence')
        .where('m.sender_id', '!=', userId)
        .where('m.deleted_at', 'is', null)
        .select(sql<number>`count(*)`.as('count'))
        .as('unread'),
    );

type Row = Awaited<ReturnType<ReturnType<typeof selectConversations>['executeTakeFirstOrThrow']>>;

export async function getConversation(
  db: Database,
  userId: number,
  conversationId: number | undefined,
): Promise<Conversation> {
  if (conversationId === undefined) throw notFound();
  const row = await selectConversations(db, userId)
    .where('me.conversation_id', '=', conversationId)
    .executeTakeFirst();
  if (!row) throw notFound();
  return toConversation(row);
}

/**
 * Latest activity first. This order is for the eye, and the one place where a clock decides:
 * nothing is caught up by it, so a conversation that moves while somebody pages is merely seen
 * twice or at its next activity.
 */
export async function listConversations(
  db: Database,
  userId: number,
  { before, limit = DEFAULT_PAGE }: { before?: string; limit?: number },
): Promise<ConversationList> {
  let query = selectConversations(db, userId)
    .orderBy('c.updated_at', 'desc')
    .orderBy('c.id', 'desc')
    .limit(limit + 1);
  if (before !== undefined) {
    const { updatedAt, id } = parseCursor(before);
    query = query.where((eb) =>
      eb.or([
        eb('c.updated_at', '<', updatedAt),
        eb.and([eb('c.updated_at', '=', updatedAt), eb('c.id', '<', id)]),
      ]),
    );
  }
  const { page, hasMore } = cutPage(await query.execute(), limit);
  const last = page.at(-1);
  return {
    conversations: page.map(toConversation),
    hasMore,
    next: hasMore && last ? `${last.updated_at}.${last.id}` : null,
  };
}

function parseCursor(cursor: string): { updatedAt: number; id: number } {
  const [, updatedAt, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (updatedAt === undefined) throw invalidValue('before', 'must be the `next` of a page');
  return { updatedAt: Number(updatedAt), id: Number(id) };
}

const toConversation = (row: Row): Conversation => ({
  id: String(row.id),
  kind: row.kind,
  title: row.title,
  topic: row.topic,
  visibility: row.visibility,
  role: row.role,
  memberCount: row.member_count,
  maxMembers: row.max_members,
  lastSequence: row.last_sequence,
  version: row.version,
  readSequence: row.read_sequence,
  unread: Number(row.unread),
  lastMessage: toLastMessage(row),
  with: toParty(row),
  createdAt: toTimestamp(row.created_at),
  updatedAt: toTimestamp(row.updated_at),
});

/** A left join finds a whole row or none, which the types of its columns cannot say. */
function toLastMessage(row: Row): Conversation['lastMessage'] {
  const { sequence, sender, last_created_at, last_version } = row;
  if (sequence === null || sender === null || last_created_at === null || last_version === null) {
    return null;
  }
  return toMessage({
    ...row,
    conversation_id: row.id,
    sequence,
    sender,
    created_at: last_created_at,
    version: last_version,
  });
}

function toParty({ username, display_name, about }: Row): Conversation['with'] {
  if (username === null || display_name === null || about === null) return null;
  return toUser({ username, display_name, about });
}
