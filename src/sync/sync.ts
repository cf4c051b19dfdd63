import type { Database } from '../core/database.ts';
import { formatMessageId } from '../core/ids.ts';
import type { SyncFrame } from '../notifications/frames.ts';
import { type FindHeads, type Head, versionOf } from './heads.ts';
import { type ChangedRange, listChanged } from './list-changed.ts';
import type { Position, SyncAnswer } from './schemas.ts';

/** A client further behind than this, in messages or in changes, pages the last messages again instead. */
const MAX_GAP = 500;
/**
 * Events of one answer, beside those of what is gone; a conversation is never split, so one answer may have up to twice
 * MAX_GAP more.
 */
const MAX_EVENTS = 1_000;
/** Conversations whose changes are asked for in one statement. */
const CHUNK = 100;

export interface SyncParts {
  db: Database;
  findHeads: FindHeads;
}

/**
 * The frames that the socket would have sent since these positions, worked out from the state as
 * it is and not from a log, so there is nothing that could have been lost. Sequences have no gaps:
 * the ids of new messages follow from two numbers, and not one message is read. One query over the
 * user's memberships, and one for each hundred conversations whose version is not the one known.
 */
export async function sync(
  { db, findHeads }: SyncParts,
  userId: number,
  known: Readonly<Record<string, Position>>,
): Promise<SyncAnswer> {
  const heads = (await findHeads(userId)) ?? [];
  const mine = new Set(heads.map(({ id }) => String(id)));
  const gone = Object.keys(known).filter((id) => !mine.has(id));
  const answer: SyncAnswer = {
    events: gone.map((id): SyncFrame => ({ event: 'conversation.removed', id })),
    conversations: {},
    more: false,
  };
  for (let at = 0; at < heads.length; at += CHUNK) {
    const stands = heads.slice(at, at + CHUNK).map((head) => standOf(head, known));
    const changed = await listChanged(db, stands.flatMap(rangeOfChanges), MAX_GAP + 1);
    for (const stand of stands) {
      const { head, id } = stand;
      const events = eventsSince(stand, changed.get(head.id) ?? []);
      const isFull = answer.events.length - gone.length >= MAX_EVENTS;
      if (events.length > 0 && isFull) return { ...answer, more: true };
      answer.events.push(...events);
      answer.conversations[id] = [head.lastSequence, versionOf(head)];
    }
  }
  return answer;
}

/** A conversation as it is, and what a client holds of it. */
interface Stand {
  id: string;
  head: Head;
  /** Undefined for a conversation that the client does not know. */
  position: Position | undefined;
}

function standOf(head: Head, known: Readonly<Record<string, Position>>): Stand {
  const id = String(head.id);
  return { id, head, position: Object.hasOwn(known, id) ? known[id] : undefined };
}

/**
 * What is held is void when it is ahead of the store, which was restored from a backup; and when an earlier membership
 * left it. After too many messages it is not worth completing.
 */
function isToReset(head: Head, [sequence, version]: Position): boolean {
  return (
    sequence > head.lastSequence ||
    version > versionOf(head) ||
    (sequence > 0 && version < head.joinedVersion) ||
    head.lastSequence - firstMissing(head, sequence) >= MAX_GAP
  );
}

const firstMissing = (head: Head, sequence: number): number =>
  Math.max(sequence, head.hiddenThrough) + 1;

/**
 * How much of the client's version was the conversation's it does not say. Taking all of the member's own changes
 * for known may name some messages again, and never misses one.
 */
function rangeOfChanges({ head, position }: Stand): ChangedRange[] {
  if (!position || isToReset(head, position)) return [];
  const [sequence, version] = position;
  if (version >= versionOf(head) || sequence <= head.hiddenThrough) return [];
  return [
    {
      conversationId: head.id,
      afterVersion: version - head.viewVersion,
      afterSequence: head.hiddenThrough,
      throughSequence: sequence,
    },
  ];
}

function eventsSince({ id, head, position }: Stand, changed: readonly number[]): SyncFrame[] {
  if (position === undefined) return [{ event: 'conversation.created', id }];
  if (isToReset(head, position) || changed.length > MAX_GAP) {
    return [{ event: 'conversation.reset', id }];
  }
  const [sequence, version] = position;
  const first = firstMissing(head, sequence);
  const messageFrame = (event: 'message.created' | 'message.updated', at: number): SyncFrame => ({
    event,
    id: formatMessageId(head.id, at),
  });
  return [
    ...(version < versionOf(head) ? [{ event: 'conversation.updated', id } as const] : []),
    ...Array.from({ length: head.lastSequence - first + 1 }, (_, index) =>
      messageFrame('message.created', first + index),
    ),
    ...changed.map((one) => messageFrame('message.updated', one)),
  ];
}
