import type { Database } from '../core/database.ts';
import { formatMessageId } from '../core/ids.ts';
import type { SyncFrame } from '../notifications/frames.ts';
import type { Position, SyncAnswer } from './schemas.ts';

/** A client further behind than this pages the last messages again instead. */
const MAX_GAP = 500;
/** Events of one answer; a conversation is never split, so one answer may have up to MAX_GAP more. */
const MAX_EVENTS = 1_000;

/**
 * The frames that the socket would have sent since these positions, worked out from the state as
 * it is and not from a log, so there is nothing that could have been lost. Sequences have no gaps:
 * the ids of new messages follow from two numbers, and not one message is read. One query over the
 * user's memberships.
 */
export async function sync(
  db: Database,
  userId: number,
  known: Readonly<Record<string, Position>>,
): Promise<SyncAnswer> {
  const answer: SyncAnswer = { events: [], conversations: {}, more: false };
  const mine = new Map((await listHeads(db, userId)).map((head) => [String(head.id), head]));
  const gone = Object.keys(known).filter((id) => !mine.has(id));
  answer.events.push(...gone.map((id): SyncFrame => ({ event: 'conversation.removed', id })));
  for (const [id, head] of mine) {
    const events = eventsSince(Object.hasOwn(known, id) ? known[id] : undefined, id, head);
    if (events.length > 0 && answer.events.length >= MAX_EVENTS) {
      answer.more = true;
      break;
    }
    answer.events.push(...events);
    answer.conversations[id] = [head.last_sequence, head.version];
  }
  return answer;
}

const listHeads = (db: Database, userId: number): Promise<Head[]> =>
  db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select(['conversations.id', 'conversations.last_sequence', 'conversations.version'])
    .where('members.user_id', '=', userId)
    .orderBy('conversations.id')
    .execute();

interface Head {
  id: number;
  last_sequence: number;
  version: number;
}

function eventsSince(position: Position | undefined, id: string, head: Head): SyncFrame[] {
  if (position === undefined) return [{ event: 'conversation.created', id }];
  const [sequence, version] = position;
  const missed = head.last_sequence - sequence;
  // Ahead of the store: it was restored from a backup, and what the client holds is void.
  if (missed > MAX_GAP || missed < 0 || version > head.version) {
    return [{ event: 'conversation.reset', id }];
  }
  return Array.from(
    { length: missed },
    (_, index): SyncFrame => ({
      event: 'message.created',
      id: formatMessageId(head.id, sequence + index + 1),
    }),
  );
}
