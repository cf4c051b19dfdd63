import { type Locked, lockMembership, recordChange } from '../conversations/change-conversation.ts';
import { type MessageRow, messageColumns, viewMessage } from '../conversations/message-view.ts';
import type { Message } from '../conversations/schemas.ts';
import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { formatMessageId, parseMessageId } from '../core/ids.ts';
import { notFound, ProblemError } from '../core/problems.ts';
import { commitAndRing, type Ring, type RingParts } from '../notifications/commit-and-ring.ts';
import { reindexMessage } from './search/reindex-message.ts';
import { listViewerIds } from './viewers.ts';

/** A message that a member may see, in a conversation that stays as it is until the transaction ends. */
export interface LockedMessage extends Locked {
  message: MessageRow & { sender_id: number };
}

/** What of it can be changed, whoever does. */
export type LockedContent = Pick<LockedMessage, 'conversation' | 'message'>;

export interface Changed {
  message: MessageRow;
  /** With this change counted. */
  conversationVersion: number;
}

/**
 * Runs `change` in one transaction, on a message that nobody else changes meanwhile, and rings for it after
 * commit; undefined says that nothing changed, and then nobody hears of it. Resolves to the message as the viewer now
 * sees it. Throws the same 404 for a stranger, an absent message and one that is not this member's to see.
 */
export async function changeMessage(
  parts: RingParts,
  viewer: Viewer,
  messageId: string,
  change: (trx: Trx, locked: LockedMessage) => Promise<Changed | undefined>,
): Promise<Message> {
  const { message } = await commitAndRing(parts, async (trx) => {
    const locked = await lockMessage(trx, viewer, messageId);
    const changed = await change(trx, locked);
    const message = await viewMessage(trx, viewer.userId, changed?.message ?? locked.message);
    const rings = changed ? [await updatedRing(trx, changed.message)] : [];
    return { message, rings };
  });
  return message;
}

async function lockMessage(
  trx: Trx,
  { userId }: Viewer,
  messageId: string,
): Promise<LockedMessage> {
  const key = parseMessageId(messageId);
  if (!key) throw notFound();
  const locked = await lockMembership(trx, key.conversationId, userId);
  const message = await trx
    .selectFrom('messages')
    .innerJoin('users', 'users.id', 'messages.sender_id')
    .select(messageColumns)
    .select(['messages.sender_id', 'users.username as sender'])
    .where('messages.conversation_id', '=', key.conversationId)
    .where('messages.sequence', '=', key.sequence)
    .where('messages.sequence', '>', locked.member.hidden_through)
    .executeTakeFirst();
  if (!message) throw notFound();
  return { ...locked, message };
}

/** For whoever may see the message. */
export async function updatedRing(
  trx: Trx,
  { conversation_id: conversationId, sequence }: MessageRow,
): Promise<Ring> {
  return {
    event: 'message.updated',
    id: formatMessageId(conversationId, sequence),
    userIds: await listViewerIds(trx, conversationId, sequence),
  };
}

/** Throws a 409. */
export function requireUndeleted({ message }: LockedMessage): void {
  if (message.deleted_at !== null) throw new ProblemError('message_deleted');
}

/**
 * Changes the row, and what it is found by. Counts the change in the message's version, for who holds the message, and in
 * the conversation's, for who catches up.
 */
export async function updateMessage(
  trx: Trx,
  { conversation, message }: LockedContent,
  columns: Partial<Pick<MessageRow, 'body' | 'edited_at' | 'deleted_at' | 'reacted'>> = {},
): Promise<Changed> {
  const { conversation_id: conversationId, sequence } = message;
  const changes = { ...columns, version: message.version + 1 };
  await trx
    .updateTable('messages')
    .set(changes)
    .where('conversation_id', '=', conversationId)
    .where('sequence', '=', sequence)
    .execute();
  const { body } = columns;
  if (body !== undefined) await reindexMessage(trx, conversationId, sequence, body);
  const conversationVersion = await recordChange(trx, conversation, sequence);
  return { message: { ...message, ...changes }, conversationVersion };
}
