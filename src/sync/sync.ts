import type { Database } from '../core/database.ts';
import { formatMessageId } from '../core/ids.ts';
import type { SyncFrame } from '../notifications/frames.ts';
import type { Position, SyncAnswer } from './schemas.ts';

/** A client further behind than this pages the last messages again instead. */
const MAX_GAP = 500;
/** Events of one answer; a conversation is never split, so one answer may have up to MAX_GAP more. */
const MAX_EVENTS = 1_000;
/** Conversations whose changes are asked for in one statement. */
const CHUNK = 500;

/**
 * The frames that the socket would have sent since these positions, worked out from the state as
 * it is and not from a log, so there is nothing that could have been lost. Sequences have no gaps:
 * the ids of new messages follow from two numbers, and not one message is read. One query over the
 * user's memberships, and one for what was changed in those whose version is not the one known.
 */
export async function sync(
  db: Database,
  userId: number,
  known: Readonly<Record<string, Position>>,
): Promise<SyncAnswer> {
  const answer: SyncAnswer = { events: [], conversations: {}, more: false };
  const mine = new Map((await listHeads(db, userId)).map((head) => [String(head.id), head]));
  const changes = await listChanges(db, known, [...mine.values()]);
  const gone = Object.keys(known).filter((id) => !mine.has(id));
  answer.events.push(...gone.map((id): SyncFrame => ({ event: 'conversation.removed', id })));
  for (const [id, head] of mine) {
    const position = Object.hasOwn(known, id) ? known[id] : undefined;
    const events = eventsSince(position, id, head, changes.get(head.id) ?? []);
    if (events.length > 0 && answer.events.length >= MAX_EVENTS) {
      answer.more = true;
      break;
    }
    answer.events.push(...events);
    answer.conversations[id] = [head.last_sequence, versionFor(head)];
  }
  return answer;
}

const listHeads = (db: Database, userId: number): Promise<Head[]> =>
  db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select([
      'conversations.id',
      'conversations.last_sequence',
      'conversations.version',
      'members.view_version',
      'members.joined_version',
      'members.hidden_through',
    ])
    .where('members.user_id', '=', userId)
    .orderBy('conversations.id')
    .execute();

interface Head {
  id: number;
  last_sequence: number;
  /** Of the conversation, the same for all. */
  version: number;
  /** Counts what this member alone changed. */
  view_version: number;
  joined_version: number;
  hidden_through: number;
}

/** What a member calls the version; both of its parts only grow. */
const versionFor = (head: Head): number => head.version + head.view_version;

type KnownPositions = Readonly<Record<string, Position>>;

/**
 * The messages changed since, by conversation. A client's version does not say how much of it was the
 * conversation's; taking all of the member's own for known may name some changes again, and never misses one.
 */
async function listChanges(
  db: Database,
  known: KnownPositions,
  heads: readonly Head[],
): Promise<Map<number, number[]>> {
  const behind = heads.flatMap((head) => {
    const position = Object.hasOwn(known, head.id) ? known[head.id] : undefined;
    if (!position || position[1] >= versionFor(head)) return [];
    return [{ id: head.id, version: position[1] - head.view_version }];
  });
  const found = new Map<number, number[]>();
  for (let at = 0; at < behind.length; at += CHUNK) {
    const chunk = behind.slice(at, at + CHUNK);
    const rows = await db
      .selectFrom('changes')
      .select(['conversation_id', 'sequence'])
      .where((eb) =>
        eb.or(
          chunk.map(({ id, version }) =>
            eb.and([eb('conversation_id', '=', id), eb('version', '>', version)]),
          ),
        ),
      )
      .execute();
    for (const [id, own] of Map.groupBy(rows, (row) => row.conversation_id)) {
      found.set(
        id,
        own.map(({ sequence }) => sequence).sort((a, b) => a - b),
      );
    }
  }
  return found;
}

function eventsSince(
  position: Position | undefined,
  id: string,
  head: Head,
  changed: readonly number[],
): SyncFrame[] {
  if (position === undefined) return [{ event: 'conversation.created', id }];
  const [sequence, version] = position;
  const from = Math.max(sequence, head.hidden_through);
  const missed = head.last_sequence - from;
  const updated = changed.filter((one) => one > head.hidden_through && one <= sequence);
  // Ahead of the store: it was restored from a backup, and what the client holds is void; as it is when
  // an earlier membership left it.
  const isVoid =
    sequence > head.last_sequence ||
    version > versionFor(head) ||
    (sequence > 0 && version < head.joined_version);
  if (isVoid || missed > MAX_GAP || updated.length > MAX_GAP) {
    return [{ event: 'conversation.reset', id }];
  }
  const frame = (event: 'message.created' | 'message.updated', one: number): SyncFrame => ({
    event,
    id: formatMessageId(head.id, one),
  });
  return [
    ...(version < versionFor(head) ? [{ event: 'conversation.updated', id } as const] : []),
    ...Array.from({ length: missed }, (_, index) => frame('message.created', from + index + 1)),
    ...updated.map((one) => frame('message.updated', one)),
  ];
}
