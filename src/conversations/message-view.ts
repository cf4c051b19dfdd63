import type { Selectable } from 'kysely';
import type { Database } from '../core/database.ts';
import { formatMessageId, toTimestamp } from '../core/ids.ts';
import type { Tables } from '../core/tables.ts';
import { listReactions } from './reactions-view.ts';
import type { Message, Reaction } from './schemas.ts';

export const messageColumns = [
  'messages.conversation_id',
  'messages.sequence',
  'messages.body',
  'messages.reply_to',
  'messages.created_at',
  'messages.edited_at',
  'messages.deleted_at',
  'messages.version',
  'messages.reacted',
] as const;

export type MessageRow = Pick<
  Selectable<Tables['messages']>,
  | 'conversation_id'
  | 'sequence'
  | 'body'
  | 'reply_to'
  | 'created_at'
  | 'edited_at'
  | 'deleted_at'
  | 'version'
  | 'reacted'
> & { sender: string };

const toOptionalTimestamp = (at: number | null): string | null =>
  at === null ? null : toTimestamp(at);

export const toMessage = (row: MessageRow, reactions: Reaction[] = []): Message => ({
  id: formatMessageId(row.conversation_id, row.sequence),
  conversationId: String(row.conversation_id),
  sequence: row.sequence,
  sender: row.sender,
  body: row.deleted_at === null ? row.body : null,
  replyTo: row.reply_to === null ? null : formatMessageId(row.conversation_id, row.reply_to),
  attachments: [],
  reactions,
  createdAt: toTimestamp(row.created_at),
  editedAt: toOptionalTimestamp(row.edited_at),
  deletedAt: toOptionalTimestamp(row.deleted_at),
  version: row.version,
});

/** With its reactions as this user sees them. */
export async function viewMessage(db: Database, userId: number, row: MessageRow): Promise<Message> {
  const reactions = await listReactions(db, userId, [row]);
  return toMessage(row, reactions.get(formatMessageId(row.conversation_id, row.sequence)));
}

/** With the reactions as this user sees them, in the order of the rows. */
export async function toMessages(
  db: Database,
  userId: number,
  rows: readonly MessageRow[],
): Promise<Message[]> {
  const reactions = await listReactions(db, userId, rows);
  return rows.map((row) =>
    toMessage(row, reactions.get(formatMessageId(row.conversation_id, row.sequence))),
  );
}
