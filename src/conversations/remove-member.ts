import { sql } from 'kysely';
import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { lockMember } from '../core/dialect.ts';
import { notFound } from '../core/problems.ts';
import { commitAndRing, type Ring, type RingParts } from '../notifications/commit-and-ring.ts';
import { findUserId } from '../users/users.ts';
import {
  bumpVersion,
  type ConversationRow,
  type Locked,
  lockMembership,
  type MemberRow,
  requireRole,
  requireRoom,
} from './change-conversation.ts';
import { setRole } from './change-role.ts';
import { endRoom } from './delete-room.ts';
import { type CrowdLimits, ringMembers } from './member-rings.ts';
import type { RoomPurge } from './purge-rooms.ts';

interface Parts extends RingParts {
  config: CrowdLimits;
  purge: Pick<RoomPurge, 'start'>;
}

/**
 * Leaves, or removes somebody: owners anybody, moderators those who are only members. Their access ends with the
 * commit, and with the last member the room. Throws a 404 for whoever is not there, a 403 to whoever may not.
 */
export async function removeMember(
  parts: Parts,
  viewer: Viewer,
  { conversationId, username }: { conversationId: number | undefined; username: string },
): Promise<void> {
  const userId = await findUserId(parts.db, username);
  const { isOver } = await commitAndRing(parts, async (trx) => {
    const locked = await lockMembership(trx, conversationId, viewer.userId);
    const { conversation } = locked;
    const leaver = await lockRemovable(trx, locked, userId);
    const isOver = conversation.member_count === 1;
    return { isOver, rings: await removeFromRoom(trx, conversation, leaver, parts.config) };
  });
  if (isOver) parts.purge.start();
}

async function lockRemovable(
  trx: Trx,
  locked: Locked,
  userId: number | undefined,
): Promise<MemberRow> {
  const { conversation, member } = locked;
  requireRoom(conversation);
  const isLeaving = userId === member.user_id;
  if (!isLeaving) requireRole(locked, 'owner', 'moderator');
  if (userId === undefined) throw notFound();
  const target = await lockMember(trx, conversation.id, userId);
  if (!target) throw notFound();
  if (!isLeaving && target.role !== 'member') requireRole(locked, 'owner');
  return target;
}

/** Takes a member out of a locked room, which ends with the last one. Returns who is to hear of it. */
export const removeFromRoom = async (
  trx: Trx,
  conversation: ConversationRow,
  leaver: MemberRow,
  limits: CrowdLimits,
): Promise<Ring[]> =>
  conversation.member_count === 1
    ? [await endRoom(trx, conversation)]
    : removeOne(trx, conversation, leaver, limits);

/** Not the last one. */
async function removeOne(
  trx: Trx,
  conversation: ConversationRow,
  leaver: MemberRow,
  limits: CrowdLimits,
): Promise<Ring[]> {
  const { id } = conversation;
  await trx
    .deleteFrom('members')
    .where('conversation_id', '=', id)
    .where('user_id', '=', leaver.user_id)
    .execute();
  const crowd = { id, member_count: conversation.member_count - 1 };
  // What this member's clients hold as the version is the conversation's plus their view's, which starts from 0
  // when they join again. Counting their views in keeps the old versions below the new joined_version,
  // by which /sync tells that they are of an earlier membership.
  await bumpVersion(trx, conversation, crowd, 1 + leaver.view_version);
  const heirs = leaver.role === 'owner' ? await passOwnership(trx, id) : [];
  return [
    { event: 'conversation.removed', id: String(id), userIds: [leaver.user_id] },
    await ringMembers(trx, crowd, limits, { concerned: heirs }),
  ];
}

/** A room with members has an owner: without one, the moderator who joined first, else the member. Returns who it is now. */
async function passOwnership(trx: Trx, conversationId: number): Promise<number[]> {
  const first = await trx
    .selectFrom('members')
    .select(['conversation_id', 'user_id', 'role'])
    .where('conversation_id', '=', conversationId)
    .orderBy(sql`case role when 'owner' then 0 when 'moderator' then 1 else 2 end`)
    .orderBy('joined_at')
    .orderBy('user_id')
    .limit(1)
    .executeTakeFirst();
  if (!first || first.role === 'owner') return [];
  await setRole(trx, first, 'owner');
  return [first.user_id];
}
