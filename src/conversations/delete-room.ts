import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { commitAndRing, type Ring, type RingParts } from '../notifications/commit-and-ring.ts';
import {
  bumpVersion,
  type ConversationRow,
  lockMembership,
  requireRole,
} from './change-conversation.ts';
import { listMemberIds } from './members.ts';
import type { RoomPurge } from './purge-rooms.ts';
import { forgetWords } from './room-words.ts';

/**
 * Ends a room for everybody; its rows follow in the background. Throws a 404 for whoever is not a member and a 403
 * for whoever is not its owner.
 */
export async function deleteRoom(
  parts: RingParts & { purge: Pick<RoomPurge, 'start'> },
  { userId }: Viewer,
  conversationId: number | undefined,
): Promise<void> {
  await commitAndRing(parts, async (trx) => {
    const locked = await lockMembership(trx, conversationId, userId);
    requireRole(locked, 'owner');
    return { rings: [await endRoom(trx, locked.conversation)] };
  });
  parts.purge.start();
}

/**
 * With this transaction's commit the room is gone for all, members and strangers: every read goes by a member's
 * row, and without one a private room is a 404. Wants the conversation locked; after commit start the purge.
 */
export async function endRoom(trx: Trx, conversation: ConversationRow): Promise<Ring> {
  const { id } = conversation;
  const userIds = await listMemberIds(trx, id);
  await trx.deleteFrom('members').where('conversation_id', '=', id).execute();
  await forgetWords(trx, id);
  await bumpVersion(trx, conversation, {
    member_count: 0,
    title_key: null,
    visibility: 'private',
  });
  await trx.insertInto('deleted_rooms').values({ conversation_id: id }).execute();
  return { event: 'conversation.removed', id: String(id), userIds };
}
