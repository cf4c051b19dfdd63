import { endRoom } from '../conversations/delete-room.ts';
import type { RoomPurge } from '../conversations/purge-rooms.ts';
import type { Viewer } from '../core/authenticate.ts';
import type { Database } from '../core/database.ts';
import { lockConversation } from '../core/dialect.ts';
import { parseId, toTimestamp } from '../core/ids.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { invalidValue, notFound } from '../core/problems.ts';
import { commitAndRing, type RingParts } from '../notifications/commit-and-ring.ts';
import { searchKey } from '../users/users.ts';
import { recordAct } from './audit.ts';
import type { AdminRoomList, AdminRoomQuery } from './schemas.ts';

/** A page of all rooms, by title: of both visibilities the index range. Throws a 400 for a cursor that no page gave. */
export async function listRooms(
  db: Database,
  { search = '', after, limit = DEFAULT_PAGE }: AdminRoomQuery,
): Promise<AdminRoomList> {
  const start = searchKey(search);
  const cursor = after === undefined ? { titleKey: start, id: 0 } : parseCursor(after);
  const ranges = await Promise.all(
    (['public', 'private'] as const).map((visibility) =>
      selectRooms(db)
        .where('visibility', '=', visibility)
        .where('title_key', '>=', cursor.titleKey)
        // No text contains U+10FFFF, so this is an upper bound of all that start so.
        .where('title_key', '<', `${start}\u{10ffff}`)
        .where((eb) => eb.or([eb('title_key', '>', cursor.titleKey), eb('id', '>', cursor.id)]))
        .orderBy('title_key')
        .orderBy('id')
        .limit(limit + 1)
        .execute(),
    ),
  );
  const sorted = ranges.flat().sort((a, b) => compare(a, b));
  const { page, hasMore } = cutPage(sorted, limit);
  const last = page.at(-1);
  return {
    rooms: page.map(toRoom),
    hasMore,
    next: hasMore && last ? encode(`${last.id}.${last.title_key}`) : null,
  };
}

const selectRooms = (db: Database) =>
  db
    .selectFrom('conversations')
    .select(['id', 'title', 'title_key', 'visibility', 'member_count', 'last_sequence'])
    .select(['created_at', 'updated_at']);

type Row = Awaited<ReturnType<ReturnType<typeof selectRooms>['executeTakeFirstOrThrow']>>;

/** As both databases compare text: by its bytes in UTF-8, not by UTF-16 units. */
const compare = (a: Row, b: Row): number =>
  Buffer.compare(Buffer.from(a.title_key ?? ''), Buffer.from(b.title_key ?? '')) || a.id - b.id;

const encode = (text: string): string => Buffer.from(text).toString('base64url');

function parseCursor(cursor: string): { titleKey: string; id: number } {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, number = '', titleKey] = /^(\d+)\.(.*)$/s.exec(text) ?? [];
  const id = parseId(number);
  if (id === undefined || titleKey === undefined || encode(text) !== cursor) {
    throw invalidValue('after', 'must be the `next` of a page');
  }
  return { titleKey, id };
}

const toRoom = (row: Row): AdminRoomList['rooms'][number] => ({
  id: String(row.id),
  title: row.title ?? '',
  visibility: row.visibility,
  memberCount: row.member_count,
  lastSequence: row.last_sequence,
  createdAt: toTimestamp(row.created_at),
  updatedAt: toTimestamp(row.updated_at),
});

/** Ends a room for all its members. Throws a 404 for what is none. */
export async function removeRoom(
  parts: RingParts & { purge: Pick<RoomPurge, 'start'> },
  admin: Viewer,
  id: string,
): Promise<void> {
  const conversationId = parseId(id);
  if (conversationId === undefined) throw notFound();
  await commitAndRing(parts, async (trx) => {
    const room = await lockConversation(trx, conversationId);
    // One that has ended already has no members, and waits to be purged.
    if (room?.kind !== 'room' || room.member_count === 0) throw notFound();
    await recordAct(trx, admin.userId, {
      act: 'room.remove',
      target: id,
      detail: `${room.title}, ${room.member_count} members`,
    });
    return { rings: [await endRoom(trx, room)] };
  });
  parts.purge.start();
}
