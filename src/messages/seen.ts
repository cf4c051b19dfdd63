import { compiledOnce } from '../core/compiled-once.ts';
import type { Database } from '../core/database.ts';
import { gather, type LookUp } from '../core/gather.ts';
import type { MessageKey } from '../core/ids.ts';
import { inThisOrder, numbersJson, numbersTable } from '../core/numbers-table.ts';

interface SeenKey extends MessageKey {
  userId: number;
}

/** A message that a member may see, and in which state they would see it. */
export interface Seen {
  senderId: number;
  /** The username, which is another one when the account is deleted. */
  sender: string;
  version: number;
  createdAt: number;
  /** Whether it is seen differently by different members. */
  reacted: boolean;
  /** The reader's marker. */
  deliveredSequence: number;
}

export type FindSeen = LookUp<SeenKey, Seen>;

/**
 * The wall: whether a user may see a message, as the store has it at the moment of the look-up. All who ask at the same
 * moment share a query, which is therefore free to ask every time: nobody's membership is remembered.
 */
export const seenFinder = (db: Database): FindSeen =>
  gather(async (keys) => {
    const rows = await selectSeen(
      db,
      numbersJson(
        keys.map(({ userId, conversationId, sequence }, at) => [
          at,
          userId,
          conversationId,
          sequence,
        ]),
      ),
    );
    const found: (Seen | undefined)[] = new Array(keys.length);
    for (const { at, reacted, ...row } of rows) found[at] = { ...row, reacted: reacted === 1 };
    return found;
  });

const selectSeen = compiledOnce((db, json: string) =>
  db
    .selectFrom(numbersTable(db, ['at', 'user_id', 'conversation_id', 'sequence'], json))
    .modifyFront(inThisOrder(db))
    .crossJoin('members')
    .crossJoin('messages')
    .crossJoin('users')
    .whereRef('members.conversation_id', '=', 'asked.conversation_id')
    .whereRef('members.user_id', '=', 'asked.user_id')
    .whereRef('messages.conversation_id', '=', 'asked.conversation_id')
    .whereRef('messages.sequence', '=', 'asked.sequence')
    .whereRef('messages.sequence', '>', 'members.hidden_through')
    .whereRef('users.id', '=', 'messages.sender_id')
    .select([
      'asked.at',
      'messages.sender_id as senderId',
      'users.username as sender',
      'messages.version',
      'messages.created_at as createdAt',
      'messages.reacted',
      'members.delivered_sequence as deliveredSequence',
    ]),
);
