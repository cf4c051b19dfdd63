import { requireRole } from '../conversations/change-conversation.ts';
import type { Message } from '../conversations/schemas.ts';
import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { ProblemError } from '../core/problems.ts';
import type { Ring, RingParts } from '../notifications/commit-and-ring.ts';
import {
  type Changed,
  changeMessage,
  type LockedContent,
  type LockedMessage,
  updatedRing,
  updateMessage,
} from './change-message.ts';
import { deleteReactions } from './reactions.ts';

/**
 * Leaves a tombstone: body and reactions go from the store, while sender, sequence and `replyTo` stay. Again
 * changes nothing. What was said can be taken back after a block too. Throws a 404 to whoever may not see the message,
 * and a 403 to whoever is neither its sender nor, in a room, a moderator or owner.
 */
export const deleteMessage = (parts: RingParts, viewer: Viewer, id: string): Promise<Message> =>
  changeMessage(parts, viewer, id, async (trx, locked) => {
    requireMayDelete(locked);
    return locked.message.deleted_at === null ? empty(trx, locked) : undefined;
  });

/** For whoever may, without being a member: of a message that is not deleted yet. Returns who is to hear of it. */
export async function entomb(trx: Trx, locked: LockedContent): Promise<Ring> {
  const { message } = await empty(trx, locked);
  return updatedRing(trx, message);
}

async function empty(trx: Trx, locked: LockedContent): Promise<Changed> {
  const { conversation_id, sequence, sender_id } = locked.message;
  await deleteReactions(trx, locked.message);
  await trx.insertInto('deletions').values({ conversation_id, sequence, sender_id }).execute();
  return updateMessage(trx, locked, { body: null, deleted_at: Date.now(), reacted: 0 });
}

function requireMayDelete(locked: LockedMessage): void {
  const { conversation, member, message } = locked;
  if (message.sender_id === member.user_id) return;
  if (conversation.kind === 'direct') throw new ProblemError('not_the_sender');
  requireRole(locked, 'owner', 'moderator');
}
