import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { invalidValue } from '../core/problems.ts';
import { commitAndRing, type RingParts } from '../notifications/commit-and-ring.ts';
import {
  bumpVersion,
  type ConversationRow,
  lockMembership,
  type Role,
  requireRole,
} from './change-conversation.ts';
import { listMemberIds } from './members.ts';
import type { RoomChanges } from './room-schemas.ts';
import { columnsOf, type RoomColumns, type RoomLimits, requireWithinCap } from './room-settings.ts';
import { indexRoom } from './room-words.ts';

/**
 * Changes what is named; where nothing differs from what it was, nobody hears of it. Throws a 404 for whoever is
 * not a member, a 403 for whoever may not decide on one of the values, and a 400 for a limit that is too
 * high, or too low for the members that there are.
 */
export async function editRoom(
  parts: RingParts & { config: RoomLimits },
  { userId }: Viewer,
  conversationId: number | undefined,
  changes: RoomChanges,
): Promise<void> {
  requireWithinCap(changes, parts.config);
  await commitAndRing(parts, async (trx) => {
    const locked = await lockMembership(trx, conversationId, userId);
    requireRole(locked, ...editorsOf(changes));
    const { conversation } = locked;
    const columns = columnsOf(changes, conversation);
    if (!differs(columns, conversation)) return { rings: [] };
    requireRoomForAll(columns, conversation);
    await bumpVersion(trx, conversation, columns);
    if (columns.visibility === 'public') await openHistory(trx, conversation);
    await indexRoom(trx, { ...conversation, ...columns });
    const { id } = conversation;
    const userIds = await listMemberIds(trx, id);
    return { rings: [{ event: 'conversation.updated', id: String(id), userIds }] };
  });
}

/** In a public room everybody may read what was said before they came; what they cleared since stays so. */
async function openHistory(trx: Trx, { id, visibility }: ConversationRow): Promise<void> {
  if (visibility === 'public') return;
  await trx
    .updateTable('members')
    .set({ hidden_through: 0 })
    .where('conversation_id', '=', id)
    .whereRef('hidden_through', '<=', 'joined_sequence')
    .execute();
}

/** Who may decide on all of these values. */
function editorsOf({ visibility, history, maxMembers }: RoomChanges): Role[] {
  const isForOwners = [visibility, history, maxMembers].some((value) => value !== undefined);
  return isForOwners ? ['owner'] : ['owner', 'moderator'];
}

const differs = (columns: RoomColumns, conversation: ConversationRow): boolean =>
  (Object.keys(columns) as (keyof RoomColumns)[]).some(
    (name) => columns[name] !== conversation[name],
  );

function requireRoomForAll(columns: RoomColumns, conversation: ConversationRow): void {
  const { max_members: limit } = columns;
  const { max_members: before, member_count: count } = conversation;
  if (limit !== null && limit !== before && limit < count) {
    throw invalidValue('maxMembers', `must be at least the ${count} members that there are`);
  }
}
