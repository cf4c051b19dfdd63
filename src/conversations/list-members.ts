import type { Database } from '../core/database.ts';
import { toTimestamp } from '../core/ids.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { notFound } from '../core/problems.ts';
import type { Membership } from './members.ts';
import type { Member, MemberList, MemberListQuery } from './room-schemas.ts';

const selectMembers = (db: Database, conversationId: number) =>
  db
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .where('members.conversation_id', '=', conversationId)
    .select([
      'users.username',
      'users.display_name',
      'members.role',
      'members.joined_at',
      'members.read_sequence',
      'members.delivered_sequence',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof selectMembers>['executeTakeFirstOrThrow']>>;

const toMember = (row: Row): Member => ({
  username: row.username,
  displayName: row.display_name,
  role: row.role,
  joinedAt: toTimestamp(row.joined_at),
  readSequence: row.read_sequence,
  // What was read was fetched, though its receipt may not be written yet.
  deliveredSequence: Math.max(row.read_sequence, row.delivered_sequence),
});

/** A page of the members, by username. */
export async function listMembers(
  db: Database,
  { conversationId }: Membership,
  { after = '', limit = DEFAULT_PAGE }: MemberListQuery,
): Promise<MemberList> {
  const rows = await selectMembers(db, conversationId)
    .where('users.username', '>', after.toLowerCase())
    .orderBy('users.username')
    .limit(limit + 1)
    .execute();
  const { page, hasMore } = cutPage(rows, limit);
  return {
    members: page.map(toMember),
    hasMore,
    next: hasMore ? (page.at(-1)?.username ?? null) : null,
  };
}

export async function getMember(
  db: Database,
  conversationId: number,
  userId: number,
): Promise<Member> {
  const row = await selectMembers(db, conversationId)
    .where('members.user_id', '=', userId)
    .executeTakeFirst();
  if (!row) throw notFound();
  return toMember(row);
}
