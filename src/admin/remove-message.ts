import { messageColumns } from '../conversations/message-view.ts';
import type { Viewer } from '../core/authenticate.ts';
import { lockConversation } from '../core/dialect.ts';
import { parseMessageId } from '../core/ids.ts';
import { notFound } from '../core/problems.ts';
import { entomb } from '../messages/delete-message.ts';
import { commitAndRing, type RingParts } from '../notifications/commit-and-ring.ts';
import { recordAct } from './audit.ts';

/**
 * Leaves a tombstone, as its sender would; whoever told the admin its id knows what it says. Again changes nothing and is
 * not recorded. Throws a 404 for a message that is not there.
 */
export async function removeMessage(parts: RingParts, admin: Viewer, id: string): Promise<void> {
  const key = parseMessageId(id);
  if (!key) throw notFound();
  await commitAndRing(parts, async (trx) => {
    const conversation = await lockConversation(trx, key.conversationId);
    const message =
      conversation &&
      (await trx
        .selectFrom('messages')
        .innerJoin('users', 'users.id', 'messages.sender_id')
        .select(messageColumns)
        .select(['messages.sender_id', 'users.username as sender'])
        .where('messages.conversation_id', '=', key.conversationId)
        .where('messages.sequence', '=', key.sequence)
        .executeTakeFirst());
    // Of a room that has ended nothing is there any more, though its rows may wait to be purged.
    if (!conversation || !message || conversation.member_count === 0) throw notFound();
    if (message.deleted_at !== null) return { rings: [] };
    await recordAct(trx, admin.userId, {
      act: 'message.remove',
      target: id,
      detail: `sent by ${message.sender}`,
    });
    return { rings: [await entomb(trx, { conversation, message })] };
  });
}
