import type { Trx } from '../core/database.ts';
import { ProblemError } from '../core/problems.ts';
import type { Ring } from '../notifications/commit-and-ring.ts';
import {
  bumpVersion,
  type Locked,
  type MemberRow,
  type Role,
  requireRole,
  requireRoom,
} from './change-conversation.ts';
import { type CrowdLimits, ringMembers } from './member-rings.ts';

/**
 * Gives a member of the room another role; nothing happens when it is the one they have, or undefined. Throws
 * a 403 to whoever is no owner, and a 409 when the room would be left without one. Returns who is to hear of it.
 */
export async function changeRole(
  trx: Trx,
  locked: Locked,
  target: MemberRow,
  role: Role | undefined,
  limits: CrowdLimits,
): Promise<Ring[]> {
  const { conversation } = locked;
  requireRoom(conversation);
  if (role === undefined || role === target.role) return [];
  requireRole(locked, 'owner');
  // Whoever demotes somebody else is the other owner.
  const isStepDown = target.user_id === locked.member.user_id;
  if (isStepDown && !(await hasOtherOwner(trx, target))) throw new ProblemError('last_owner');
  await bumpVersion(trx, conversation);
  await setRole(trx, target, role);
  return [await ringMembers(trx, conversation, limits, { concerned: [target.user_id] })];
}

async function hasOtherOwner(trx: Trx, { conversation_id, user_id }: MemberRow): Promise<boolean> {
  const other = await trx
    .selectFrom('members')
    .select('user_id')
    .where('conversation_id', '=', conversation_id)
    .where('user_id', '!=', user_id)
    .where('role', '=', 'owner')
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

export async function setRole(
  trx: Trx,
  { conversation_id, user_id }: Pick<MemberRow, 'conversation_id' | 'user_id'>,
  role: Role,
): Promise<void> {
  await trx
    .updateTable('members')
    .set({ role })
    .where('conversation_id', '=', conversation_id)
    .where('user_id', '=', user_id)
    .execute();
}
