import type { Message } from '../conversations/schemas.ts';
import { requireWritable } from '../conversations/writable.ts';
import type { Viewer } from '../core/authenticate.ts';
import { ProblemError } from '../core/problems.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import { changeMessage, requireUndeleted, updateMessage } from './change-message.ts';
import { parseEmoji } from './emoji.ts';
import {
  countEmoji,
  deleteReaction,
  findEmojiVersion,
  hasReaction,
  insertReaction,
} from './reactions.ts';

/** Different emoji on one message. */
const MAX_EMOJI = 20;

interface Ask {
  /** Of the message. */
  id: string;
  emoji: string;
}

/**
 * Reacts to a message; again changes nothing. Throws a 400 for what is not one emoji, a 404 to whoever may not
 * see the message, a 403 when one of the two has blocked the other, and a 409 when the message is deleted or has as
 * many different emoji as it may have.
 */
export async function addReaction(parts: RingParts, viewer: Viewer, ask: Ask): Promise<Message> {
  const emoji = parseEmoji(ask.emoji);
  return changeMessage(parts, viewer, ask.id, async (trx, locked) => {
    requireWritable(locked.conversation);
    requireUndeleted(locked);
    const { message } = locked;
    if (await hasReaction(trx, message, emoji, viewer.userId)) return undefined;
    const known = await findEmojiVersion(trx, message, emoji);
    if (known === undefined && (await countEmoji(trx, message)) >= MAX_EMOJI) {
      throw new ProblemError('too_many_reactions');
    }
    const changed = await updateMessage(trx, locked, { reacted: 1 });
    const version = known ?? changed.conversationVersion;
    await insertReaction(trx, message, { emoji, user_id: viewer.userId, version });
    return changed;
  });
}

/**
 * Takes one's reaction back; what is not there, as on a deleted message, changes nothing. Throws a 400 for what is
 * not one emoji, a 404 to whoever may not see the message, and a 403 when one of the two has blocked the other.
 */
export async function removeReaction(parts: RingParts, viewer: Viewer, ask: Ask): Promise<Message> {
  const emoji = parseEmoji(ask.emoji);
  return changeMessage(parts, viewer, ask.id, async (trx, locked) => {
    requireWritable(locked.conversation);
    const { message } = locked;
    if (!(await deleteReaction(trx, message, emoji, viewer.userId))) return undefined;
    return updateMessage(trx, locked);
  });
}
