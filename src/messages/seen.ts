import { sql } from 'kysely';
import { compiledOnce } from '../core/compiled-once.ts';
import type { Database } from '../core/database.ts';
import { gather } from '../core/gather.ts';
import type { MessageKey } from '../core/ids.ts';
import { inThisOrder, type Numbers, numbersOf, numbersTable } from '../core/numbers-table.ts';

/** The state of a message, the same for all who may see it. */
export interface MessageState {
  senderId: number;
  /** The username, which is another one when the account is deleted. */
  sender: string;
  version: number;
  createdAt: number;
  /** Whether it is seen differently by different members. */
  reacted: boolean;
}

/** A message that a member may see. */
export interface Seen {
  message: MessageState;
  /** The reader's marker. */
  deliveredSequence: number;
}

/** Which of these messages a user may see, in their order; undefined stands for one that they may not. */
export type FindSeen = (
  userId: number,
  keys: readonly MessageKey[],
) => Promise<readonly (Seen | undefined)[]>;

interface Reader {
  userId: number;
  keys: readonly MessageKey[];
}

/** Messages of one query, counted once for each reader: SQLite then gets a third of the parameters that it takes. */
const MOST = 2_000;

/**
 * The wall: whether a user may see a message, as the store has it at the moment of the look-up. All who ask at the same
 * moment share a query, which is therefore free to ask every time: nobody's membership is remembered. It looks each
 * membership and each message up once, however many members ask for it: a crowd costs little more than its members.
 * Both in one statement, so that they are of the same moment.
 */
export function seenFinder(db: Database): FindSeen {
  const find = gather((readers: readonly Reader[]) => findAll(db, readers), {
    most: MOST,
    sizeOf: ({ keys }) => keys.length,
  });
  return async (userId, keys) => (keys.length === 0 ? [] : ((await find({ userId, keys })) ?? []));
}

async function findAll(db: Database, readers: readonly Reader[]): Promise<(Seen | undefined)[][]> {
  const members = numberPairs();
  const messages = numberPairs();
  const asked = readers.map(({ userId, keys }) =>
    keys.map(({ conversationId, sequence }) => ({
      sequence,
      member: members.numberOf(conversationId, userId),
      message: messages.numberOf(conversationId, sequence),
    })),
  );
  const { memberships, states } = await look(db, members.rows, messages.rows);
  return asked.map((places) =>
    places.map(({ sequence, ...place }) => {
      const member = memberships[place.member];
      const message = states[place.message];
      if (!member || !message || sequence <= member.hiddenThrough) return undefined;
      return { message, deliveredSequence: member.deliveredSequence };
    }),
  );
}

/** Gives each pair a number, from 0, however often it comes; `rows` has the number and the pair. */
function numberPairs() {
  const numbers = new Map<number, Map<number, number>>();
  const rows: [number: number, first: number, second: number][] = [];
  return {
    rows,
    numberOf(first: number, second: number): number {
      const known = numbers.get(first) ?? new Map<number, number>();
      if (known.size === 0) numbers.set(first, known);
      const number = known.get(second) ?? rows.length;
      if (number === rows.length) {
        known.set(second, number);
        rows.push([number, first, second]);
      }
      return number;
    },
  };
}

interface Membership {
  hiddenThrough: number;
  deliveredSequence: number;
}

async function look(
  db: Database,
  members: readonly (readonly number[])[],
  messages: readonly (readonly number[])[],
) {
  const length = Math.max(members.length, messages.length);
  const numbers = [members, messages].flatMap((rows) => numbersOf(db, rows, { length }));
  const memberships: (Membership | undefined)[] = new Array(members.length);
  const states: (MessageState | undefined)[] = new Array(messages.length);
  for (const row of await selectSeen(db, ...numbers)) {
    const { at, senderId, sender, version, createdAt, reacted } = row;
    if (senderId === null) memberships[at] = row;
    else states[at] = { senderId, sender, version, createdAt, reacted: reacted === 1 };
  }
  return { memberships, states };
}

const selectSeen = compiledOnce((db, ...numbers: Numbers) => {
  const half = numbers.length / 2;
  return selectMembers(db, numbers.slice(0, half)).unionAll(selectStates(db, numbers.slice(half)));
});

const selectMembers = (db: Database, numbers: Numbers) =>
  db
    .selectFrom(numbersTable(db, ['at', 'conversation_id', 'user_id'], numbers))
    .modifyFront(inThisOrder(db))
    .crossJoin('members')
    .whereRef('members.conversation_id', '=', 'asked.conversation_id')
    .whereRef('members.user_id', '=', 'asked.user_id')
    .select([
      'asked.at',
      'members.hidden_through as hiddenThrough',
      'members.delivered_sequence as deliveredSequence',
      sql<number | null>`null`.as('senderId'),
      sql<string>`null`.as('sender'),
      sql<number>`null`.as('version'),
      sql<number>`null`.as('createdAt'),
      sql<number>`null`.as('reacted'),
    ]);

const selectStates = (db: Database, numbers: Numbers) =>
  db
    .selectFrom(numbersTable(db, ['at', 'conversation_id', 'sequence'], numbers))
    .modifyFront(inThisOrder(db))
    .crossJoin('messages')
    .crossJoin('users')
    .whereRef('messages.conversation_id', '=', 'asked.conversation_id')
    .whereRef('messages.sequence', '=', 'asked.sequence')
    .whereRef('users.id', '=', 'messages.sender_id')
    .select([
      'asked.at',
      sql<number>`null`.as('hiddenThrough'),
      sql<number>`null`.as('deliveredSequence'),
      'messages.sender_id as senderId',
      'users.username as sender',
      'messages.version',
      'messages.created_at as createdAt',
      'messages.reacted',
    ]);
