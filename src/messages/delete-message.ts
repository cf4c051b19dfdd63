import { requireRole } from '../conversations/change-conversation.ts';
import type { Message } from '../conversations/schemas.ts';
import type { Viewer } from '../core/authenticate.ts';
import { ProblemError } from '../core/problems.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import { changeMessage, type LockedMessage, updateMessage } from './change-message.ts';
import { deleteReactions } from './reactions.ts';

/**
 * Leaves a tombstone: body and reactions go from the store, while sender, sequence and `replyTo` stay. Again
 * changes nothing. What was said can be taken back after a block too. Throws a 404 to whoever may not see the message,
 * and a 403 to whoever is neither its sender nor, in a room, a moderator or owner.
 */
export const deleteMessage = (parts: RingParts, viewer: Viewer, id: string): Promise<Message> =>
  changeMessage(parts, viewer, id, async (trx, locked) => {
    requireMayDelete(locked);
    if (locked.message.deleted_at !== null) return undefined;
    await deleteReactions(trx, locked.message);
    const { conversation_id, sequence, sender_id } = locked.message;
    await trx.insertInto('deletions').values({ conversation_id, sequence, sender_id }).execute();
    return updateMessage(trx, locked, { body: null, deleted_at: Date.now(), reacted: 0 });
  });

function requireMayDelete(locked: LockedMessage): void {
  const { conversation, member, message } = locked;
  if (message.sender_id === member.user_id) return;
  if (conversation.kind === 'direct') throw new ProblemError('not_the_sender');
  requireRole(locked, 'owner', 'moderator');
}
