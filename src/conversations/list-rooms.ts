import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Database } from '../core/database.ts';
import { parseId, toTimestamp } from '../core/ids.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { invalidValue } from '../core/problems.ts';
import type { Tables } from '../core/tables.ts';
import type { RoomList, RoomListQuery } from './room-schemas.ts';
import { wordsOf } from './room-words.ts';

/** Words of one search: each is a look-up of its own. */
const MAX_SEARCHED = 8;

/** A page of the public rooms, by title. Throws a 400 for a cursor that no page gave, and for too many words. */
export async function listRooms(
  db: Database,
  userId: number,
  { search = '', after, limit = DEFAULT_PAGE }: RoomListQuery,
): Promise<RoomList> {
  const words = wordsOf(search);
  if (words.length > MAX_SEARCHED) {
    throw invalidValue('search', `must have at most ${MAX_SEARCHED} words`);
  }
  const rows = await selectRooms(db)
    .where((eb) => eb.and(matches(eb, words)))
    .where((eb) => eb.and(after === undefined ? [] : follows(eb, parseCursor(after))))
    .orderBy('room.title_key')
    .orderBy('room.id')
    .limit(limit + 1)
    .execute();
  const { page, hasMore } = cutPage(rows, limit);
  const joined = await findJoined(db, userId, page);
  const last = page.at(-1);
  return {
    rooms: page.map((row) => toRoom(row, joined.has(row.id))),
    hasMore,
    next: hasMore && last ? cursorOf(last) : null,
  };
}

const selectRooms = (db: Database) =>
  db
    .selectFrom('conversations as room')
    .where('room.visibility', '=', 'public')
    .select([
      'room.id',
      'room.title',
      'room.title_key',
      'room.topic',
      'room.member_count',
      'room.max_members',
      'room.created_at',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof selectRooms>['executeTakeFirstOrThrow']>>;

/** Those of the rooms that the user is in. Not a join: MariaDB would sort all rooms for it and not go by their index. */
async function findJoined(
  db: Database,
  userId: number,
  rooms: readonly Row[],
): Promise<Set<number>> {
  if (rooms.length === 0) return new Set();
  const ids = rooms.map(({ id }) => id);
  const rows = await db
    .selectFrom('members')
    .select('conversation_id')
    .where('user_id', '=', userId)
    .where('conversation_id', 'in', ids)
    .execute();
  return new Set(rows.map((row) => row.conversation_id));
}

type Builder = ExpressionBuilder<Tables & { room: Tables['conversations'] }, 'room'>;
type Condition = Expression<SqlBool>;

/** The longest word, likely the rarest, finds the rooms; the others are looked up in what it found. */
function matches(eb: Builder, words: readonly string[]): Condition[] {
  const [rarest, ...others] = words.toSorted((a, b) => b.length - a.length);
  if (rarest === undefined) return [];
  const starting = (word: string) =>
    eb
      .selectFrom('room_words')
      .select('room_words.conversation_id')
      .where('room_words.word', '>=', word)
      // No text contains U+10FFFF, so this is an upper bound of all that start so.
      .where('room_words.word', '<', `${word}\u{10ffff}`);
  return [
    eb('room.id', 'in', starting(rarest)),
    ...others.map((word) =>
      eb.exists(starting(word).whereRef('room_words.conversation_id', '=', 'room.id')),
    ),
  ];
}

interface Cursor {
  titleKey: string;
  id: number;
}

/** The first condition follows from the second, and is what an index can use. */
const follows = (eb: Builder, { titleKey, id }: Cursor): Condition[] => [
  eb('room.title_key', '>=', titleKey),
  eb.or([eb('room.title_key', '>', titleKey), eb('room.id', '>', id)]),
];

const cursorOf = ({ id, title_key }: Row): string => encode(`${id}.${title_key}`);

function parseCursor(cursor: string): Cursor {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, number = '', titleKey] = /^(\d+)\.(.+)$/s.exec(text) ?? [];
  const id = parseId(number);
  if (id === undefined || titleKey === undefined || encode(text) !== cursor) {
    throw invalidValue('after', 'must be the `next` of a page');
  }
  return { titleKey, id };
}

const encode = (text: string): string => Buffer.from(text).toString('base64url');

const toRoom = (row: Row, joined: boolean): RoomList['rooms'][number] => ({
  id: String(row.id),
  kind: 'room',
  title: row.title ?? '',
  topic: row.topic,
  visibility: 'public',
  memberCount: row.member_count,
  maxMembers: row.max_members,
  joined,
  createdAt: toTimestamp(row.created_at),
});
