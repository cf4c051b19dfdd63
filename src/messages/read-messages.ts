import type { Deliveries } from '../conversations/deliveries.ts';
import type { Membership } from '../conversations/members.ts';
import {
  messageColumns,
  toMessage,
  toMessages,
  viewMessage,
} from '../conversations/message-view.ts';
import type { Message } from '../conversations/schemas.ts';
import type { Database } from '../core/database.ts';
import { formatMessageId, type MessageKey, parseMessageId } from '../core/ids.ts';
import { inThisOrder } from '../core/numbers-table.ts';
import { invalidValue, notFound } from '../core/problems.ts';
import type { Contents } from './contents.ts';
import type { MessagePage, PageQuery } from './schemas.ts';
import type { FindSeen, MessageState, Seen } from './seen.ts';

const selectMessages = (db: Database) =>
  db
    .selectFrom('messages')
    .innerJoin('users', 'users.id', 'messages.sender_id')
    .select([...messageColumns, 'messages.sender_id', 'users.username as sender']);

/**
 * The membership is part of the look-up: for a stranger there is no row. In this order, or a database may begin with all
 * conversations of the user and read all that was said there.
 */
const selectMessagesOfMember = (db: Database, userId: number) =>
  selectMessages(db)
    .modifyFront(inThisOrder(db))
    .crossJoin('members')
    .whereRef('members.conversation_id', '=', 'messages.conversation_id')
    .where('members.user_id', '=', userId);

/** What reading needs; a fetch is noted as the receipt of what it brought. */
export interface ReadParts {
  db: Database;
  deliveries: Pick<Deliveries, 'delivered'>;
  findSeen: FindSeen;
  contents: Pick<Contents, 'jsonOf'>;
}

/**
 * The message as JSON, as this user sees it; undefined when `isHeld`, which hears its version, says that the client has it
 * already. Throws the same 404 for an id that is malformed, absent or somebody else's.
 */
export async function getMessage(
  parts: ReadParts,
  userId: number,
  id: string,
  isHeld: (version: number) => boolean,
): Promise<string | undefined> {
  const key = parseMessageId(id);
  if (!key) throw notFound();
  const [seen] = await parts.findSeen(userId, [key]);
  if (!seen) throw notFound();
  noteDelivered(parts, userId, key, receiptOf(seen));
  if (isHeld(seen.message.version)) return undefined;
  const shared = await sharedJson(parts, key, seen.message);
  if (shared !== undefined) return shared;
  const row = await selectByKeys(parts.db, userId, [key]).executeTakeFirst();
  if (!row) throw notFound();
  if (isHeld(row.version)) return undefined;
  return JSON.stringify(await viewMessage(parts.db, userId, row));
}

/**
 * Undefined when members see it differently, and when it has just changed: a statement of its own then has both, the wall
 * and what is behind it.
 */
const sharedJson = ({ contents }: ReadParts, key: MessageKey, state: MessageState) =>
  state.reacted ? undefined : contents.jsonOf(key, state);

/** What shows whether a fetch is a receipt. */
interface Receipt {
  senderId: number;
  deliveredSequence: number;
}

const receiptOf = ({ message, deliveredSequence }: Seen): Receipt => ({
  senderId: message.senderId,
  deliveredSequence,
});

/** Only what others sent and is new to the member: most of what is read again was delivered before. */
function noteDelivered(
  { deliveries }: Pick<ReadParts, 'deliveries'>,
  userId: number,
  { conversationId, sequence }: MessageKey,
  { senderId, deliveredSequence }: Receipt,
): void {
  const isNews = senderId !== userId && sequence > deliveredSequence;
  if (isNews) deliveries.delivered({ conversationId, userId, sequence });
}

const MAX_BATCH = 100;

/** A MessageBatch as JSON: what can be read of 1 to 100 ids, separated by commas, each once and in the order asked for. */
export async function getMessages(parts: ReadParts, userId: number, list: string): Promise<string> {
  const asked = list.split(',');
  if (asked.length > MAX_BATCH) throw invalidValue('ids', `must be at most ${MAX_BATCH} ids`);
  const ids = [...new Set(asked)];
  const keys = ids.map(parseMessageId).filter((key) => key !== undefined);
  const seen = await parts.findSeen(userId, keys);
  const readable = keys.flatMap((key, at) => {
    const one = seen[at];
    return one ? [{ key, ...one }] : [];
  });
  for (const { key, ...one } of readable) noteDelivered(parts, userId, key, receiptOf(one));
  const jsons = await Promise.all(
    readable.map(({ key, message }) => sharedJson(parts, key, message)),
  );
  const found = new Map<string, string>();
  const alone: MessageKey[] = [];
  for (const [at, { key }] of readable.entries()) {
    const json = jsons[at];
    if (json === undefined) alone.push(key);
    else found.set(formatMessageId(key.conversationId, key.sequence), json);
  }
  const rows = alone.length === 0 ? [] : await selectByKeys(parts.db, userId, alone).execute();
  for (const message of await toMessages(parts.db, userId, rows)) {
    found.set(message.id, JSON.stringify(message));
  }
  const messages = ids.flatMap((id) => found.get(id) ?? []).join();
  const missing = JSON.stringify(ids.filter((id) => !found.has(id)));
  return `{"messages":[${messages}],"missing":${missing}}`;
}

/** One key look-up an id: no database here is clever about a list of pairs, all are about this form. */
const selectByKeys = (db: Database, userId: number, keys: readonly MessageKey[]) =>
  selectMessagesOfMember(db, userId)
    .whereRef('messages.sequence', '>', 'members.hidden_through')
    .where((eb) =>
      eb.or(
        [...Map.groupBy(keys, (key) => key.conversationId)].map(([conversationId, group]) =>
          eb.and([
            eb('messages.conversation_id', '=', conversationId),
            eb(
              'messages.sequence',
              'in',
              group.map((key) => key.sequence),
            ),
          ]),
        ),
      ),
    );

/**
 * A page by position. Sequences have no gaps, so a page is one range of the clustered key and what
 * lies beyond it is arithmetic. `around` centres its message, as far as the ends allow.
 */
export async function listMessages(
  parts: Pick<ReadParts, 'db' | 'deliveries'>,
  membership: Membership,
  query: PageQuery & { limit: number },
): Promise<MessagePage> {
  const { db } = parts;
  const { conversationId, userId, lastSequence, hiddenThrough } = membership;
  const { from, to } = rangeOf(query, lastSequence, hiddenThrough);
  const rows =
    from > to
      ? []
      : await selectMessages(db)
          .where('messages.conversation_id', '=', conversationId)
          .where('messages.sequence', '>=', from)
          .where('messages.sequence', '<=', to)
          .orderBy('messages.sequence')
          .execute();
  const { deliveredSequence } = membership;
  for (const { sequence, sender_id: senderId } of rows) {
    noteDelivered(parts, userId, { conversationId, sequence }, { senderId, deliveredSequence });
  }
  const messages = await toMessages(db, userId, rows);
  return {
    messages,
    hasBefore: from > hiddenThrough + 1,
    hasAfter: Math.max(to, hiddenThrough) < lastSequence,
  };
}

/** The first and the last sequence of the page; an empty one has `from` above `to`. */
export function rangeOf(
  { before, after, around, limit }: PageQuery & { limit: number },
  lastSequence: number,
  hiddenThrough = 0,
): { from: number; to: number } {
  if ([before, after, around].filter((position) => position !== undefined).length > 1) {
    throw invalidValue('before', 'goes with neither after nor around');
  }
  if (after !== undefined) {
    const from = Math.max(Math.min(after, lastSequence), hiddenThrough) + 1;
    return { from, to: Math.min(lastSequence, from + limit - 1) };
  }
  const end =
    around === undefined
      ? (before ?? Number.MAX_SAFE_INTEGER) - 1
      : around + Math.ceil(limit / 2) - 1;
  const to = Math.max(
    Math.min(end, lastSequence),
    around === undefined ? 0 : Math.min(hiddenThrough + limit, lastSequence),
  );
  return { from: Math.max(to - limit + 1, hiddenThrough + 1), to };
}

/** Undefined when this sender has used no such key in this conversation. */
export async function findByIdempotencyKey(
  db: Database,
  conversationId: number,
  senderId: number,
  key: string,
): Promise<{ message: Message; requestHash: Buffer | null } | undefined> {
  const row = await selectMessagesOfMember(db, senderId)
    .select(['messages.request_hash', 'members.hidden_through'])
    .where('messages.conversation_id', '=', conversationId)
    .where('messages.sender_id', '=', senderId)
    .where('messages.idempotency_key', '=', key)
    .executeTakeFirst();
  if (!row) return undefined;
  // Of what is hidden from the sender by now, no more than what they said themselves.
  const isHidden = row.sequence <= row.hidden_through;
  const message = isHidden ? toMessage(row) : await viewMessage(db, senderId, row);
  return { message, requestHash: row.request_hash && Buffer.from(row.request_hash) };
}
