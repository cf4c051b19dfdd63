import type { Message } from '../conversations/schemas.ts';
import { requireWritable } from '../conversations/writable.ts';
import type { Viewer } from '../core/authenticate.ts';
import { ProblemError } from '../core/problems.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import { changeMessage, requireUndeleted, updateMessage } from './change-message.ts';
import type { MessageEdit } from './schemas.ts';

/**
 * Gives a message another body; of two edits at once the later one stands, and the body that it has already
 * changes nothing. Throws a 404 to whoever may not see the message, a 403 to all others but its sender and when
 * one of the two has blocked the other, and a 409 once it is deleted.
 */
export function editMessage(
  parts: RingParts,
  viewer: Viewer,
  { id, ...edit }: MessageEdit & { id: string },
): Promise<Message> {
  const body = edit.body.trim();
  return changeMessage(parts, viewer, id, async (trx, locked) => {
    if (locked.message.sender_id !== viewer.userId) throw new ProblemError('not_the_sender');
    requireWritable(locked.conversation);
    requireUndeleted(locked);
    if (locked.message.body === body) return undefined;
    return updateMessage(trx, locked, { body, edited_at: Date.now() });
  });
}
