import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { lockConversation } from '../core/dialect.ts';
import { notFound, ProblemError } from '../core/problems.ts';
import { commitAndRing, type Ring, type RingParts } from '../notifications/commit-and-ring.ts';
import { holdUnblocked } from '../users/blocks.ts';
import { findUserId } from '../users/users.ts';
import { admit } from './admit.ts';
import { findMember, lockMembership, type Role, requireRole } from './change-conversation.ts';
import { changeRole } from './change-role.ts';
import { getMember } from './list-members.ts';
import type { CrowdLimits } from './member-rings.ts';
import type { Member } from './room-schemas.ts';
import type { RoomLimits } from './room-settings.ts';

type Limits = RoomLimits & CrowdLimits;

interface Wish {
  conversationId: number;
  viewerId: number;
  /** Undefined when nobody has that name. */
  userId: number | undefined;
  /** Undefined: none in particular for somebody new, the same for a member. */
  role: Role | undefined;
}

interface Arrival {
  userId: number;
  /** False for whoever was a member before. */
  created: boolean;
  rings: Ring[];
}

/**
 * Joins, adds somebody, or changes a role: afterwards the user is a member, with that role. Throws a 404 for a room
 * that is not the viewer's to see and for a name that nobody has, a 403 to whoever may not do it, and a 409
 * when the room is full or would lose its last owner.
 */
export async function putMember(
  parts: RingParts & { config: Limits },
  viewer: Viewer,
  request: { conversationId: number | undefined; username: string; role: Role | undefined },
): Promise<{ member: Member; created: boolean }> {
  const { conversationId, username, role } = request;
  if (conversationId === undefined) throw notFound();
  const userId = await findUserId(parts.db, username);
  const wish = { conversationId, viewerId: viewer.userId, userId, role };
  const put = userId === viewer.userId ? putOneself : putOther;
  return commitAndRing(parts, async (trx) => {
    const arrival = await put(trx, wish, parts.config);
    return { ...arrival, member: await getMember(trx, conversationId, arrival.userId) };
  });
}

async function putOneself(
  trx: Trx,
  { conversationId, viewerId: userId, role }: Wish,
  limits: Limits,
): Promise<Arrival> {
  const conversation = await lockConversation(trx, conversationId);
  const member = conversation && (await findMember(trx, conversationId, userId));
  if (conversation && member) {
    const rings = await changeRole(trx, { conversation, member }, member, role, limits);
    return { userId, created: false, rings };
  }
  if (conversation?.visibility !== 'public') throw notFound();
  if (role !== undefined && role !== 'member') throw new ProblemError('role_required');
  const rings = await admit(trx, conversation, userId, 'member', limits);
  return { userId, created: true, rings };
}

async function putOther(
  trx: Trx,
  { conversationId, viewerId, userId, role }: Wish,
  limits: Limits,
): Promise<Arrival> {
  const locked = await lockMembership(trx, conversationId, viewerId);
  requireRole(locked, 'owner', 'moderator');
  if (userId === undefined) throw notFound();
  const target = await findMember(trx, conversationId, userId);
  if (target) {
    const rings = await changeRole(trx, locked, target, role, limits);
    return { userId, created: false, rings };
  }
  const given = role ?? 'member';
  if (given !== 'member') requireRole(locked, 'owner');
  await holdUnblocked(trx, viewerId, userId);
  const rings = await admit(trx, locked.conversation, userId, given, limits);
  return { userId, created: true, rings };
}
