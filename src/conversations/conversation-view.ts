import type { Database } from '../core/database.ts';
import { toTimestamp } from '../core/ids.ts';
import { listPresence, type Presence, type PresenceParts } from '../users/presence.ts';
import { toUser } from '../users/users.ts';
import { type MessageRow, toMessages } from './message-view.ts';
import type { Conversation } from './schemas.ts';
import { countUnread } from './unread.ts';

/**
 * The conversations of one user, each with its last message and, in a direct conversation, the other
 * party: one statement for all of them. Whoever is not a member has no row.
 */
export const selectConversations = (db: Database, userId: number) =>
  db
    .selectFrom('members as me')
    .innerJoin('conversations as c', 'c.id', 'me.conversation_id')
    .leftJoin('messages as last', (join) =>
      join
        .onRef('last.conversation_id', '=', 'c.id')
        .onRef('last.sequence', '=', 'c.last_sequence')
        .onRef('last.sequence', '>', 'me.hidden_through'),
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
      'c.history',
      'c.max_members',
      'c.member_count',
      'c.last_sequence',
      'c.created_at',
      'c.updated_at',
      'me.role',
      'me.read_sequence',
      'me.hidden_through',
      'me.muted',
      'me.archived_sequence',
      'last.sequence',
      'last.body',
      'last.reply_to',
      'last.created_at as last_created_at',
      'last.edited_at',
      'last.deleted_at',
      'last.version as last_version',
      'last.reacted',
      'sender.username as sender',
      'party.id as party_id',
      'party.username',
      'party.display_name',
      'party.about',
    ])
    .select((eb) => eb('c.version', '+', eb.ref('me.view_version')).as('version'));

type Row = Awaited<ReturnType<ReturnType<typeof selectConversations>['executeTakeFirstOrThrow']>>;

/** With unread counts, reactions and presence: a constant number of statements, however many there are. */
export async function toConversations(
  parts: PresenceParts,
  userId: number,
  rows: readonly Row[],
): Promise<Conversation[]> {
  const { db } = parts;
  const unread = await countUnread(db, userId, rows);
  const lastMessages = await toMessages(db, userId, rows.flatMap(toLastMessage));
  const lastMessageOf = new Map(
    lastMessages.map((message) => [message.conversationId, message] as const),
  );
  const parties = rows.flatMap(({ party_id }) => party_id ?? []);
  const presence = await listPresence(parts, userId, parties);
  return rows.map((row) => ({
    id: String(row.id),
    kind: row.kind,
    title: row.title,
    topic: row.topic,
    visibility: row.visibility,
    history: row.history ?? 'all',
    role: row.role,
    memberCount: row.member_count,
    maxMembers: row.max_members,
    lastSequence: row.last_sequence,
    version: row.version,
    readSequence: row.read_sequence,
    unread: unread.get(row.id) ?? 0,
    clearedThrough: row.hidden_through,
    muted: row.muted === 1,
    archived: row.archived_sequence !== null && row.archived_sequence >= row.last_sequence,
    lastMessage: lastMessageOf.get(String(row.id)) ?? null,
    with: toParty(row, presence),
    createdAt: toTimestamp(row.created_at),
    updatedAt: toTimestamp(row.updated_at),
  }));
}

/** A left join finds a whole row or none, which the types of its columns cannot say. */
function toLastMessage(row: Row): MessageRow[] {
  const { sequence, sender, reacted, last_created_at, last_version } = row;
  if (sequence === null || sender === null || reacted === null) return [];
  if (last_created_at === null || last_version === null) return [];
  return [
    {
      ...row,
      conversation_id: row.id,
      sequence,
      sender,
      reacted,
      created_at: last_created_at,
      version: last_version,
    },
  ];
}

function toParty(
  { party_id: id, username, display_name, about }: Row,
  presence: ReadonlyMap<number, Presence>,
): Conversation['with'] {
  if (id === null || username === null || display_name === null || about === null) return null;
  return toUser({ username, display_name, about }, presence.get(id));
}
