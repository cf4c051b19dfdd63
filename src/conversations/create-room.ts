import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { ProblemError } from '../core/problems.ts';
import { commitAndRing, type RingParts } from '../notifications/commit-and-ring.ts';
import { insertMembers } from './insert-members.ts';
import { findInvited } from './invite.ts';
import type { NewRoom } from './room-schemas.ts';
import {
  columnsOf,
  placesOf,
  type RoomColumns,
  type RoomLimits,
  requireWithinCap,
} from './room-settings.ts';
import { indexRoom } from './room-words.ts';

const UNSET: RoomColumns = {
  title: null,
  title_key: null,
  topic: null,
  visibility: 'private',
  history: null,
  max_members: null,
};
/** Of the row of a new room, and of its first members. */
const FIRST_VERSION = 1;
/** Rows of one statement: SQLite takes some ten thousand values at once. */
const CHUNK = 500;

/**
 * Makes a room that the viewer owns, with the members they name; returns its id. Throws a 400 for names that
 * nobody has, a 403 when there is a block between the viewer and one of them, and a 409 when they are too many.
 */
export async function createRoom(
  parts: RingParts & { config: RoomLimits },
  viewer: Viewer,
  { members = [], ...settings }: NewRoom,
): Promise<number> {
  requireWithinCap(settings, parts.config);
  const columns = columnsOf(settings, UNSET);
  const { id } = await commitAndRing(parts, async (trx) => {
    const userIds = [viewer.userId, ...(await findInvited(trx, viewer, members))];
    if (userIds.length > placesOf(columns, parts.config)) throw new ProblemError('room_full');
    const now = Date.now();
    const id = await insertRoom(trx, columns, userIds.length, now);
    await insertFirstMembers(trx, id, userIds, now);
    return { id, rings: [{ event: 'conversation.created', id: String(id), userIds }] };
  });
  return id;
}

async function insertRoom(
  trx: Trx,
  columns: RoomColumns,
  memberCount: number,
  now: number,
): Promise<number> {
  const { insertId } = await trx
    .insertInto('conversations')
    .values({
      ...columns,
      kind: 'room',
      direct_key: null,
      member_count: memberCount,
      last_sequence: 0,
      version: FIRST_VERSION,
      created_at: now,
      updated_at: now,
    })
    .executeTakeFirstOrThrow();
  const id = Number(insertId);
  await indexRoom(trx, { id, ...columns });
  return id;
}

/** The first of them is the owner. */
async function insertFirstMembers(
  trx: Trx,
  conversationId: number,
  userIds: readonly number[],
  now: number,
): Promise<void> {
  const rows = userIds.map((userId, index) => ({
    conversation_id: conversationId,
    user_id: userId,
    role: index === 0 ? ('owner' as const) : ('member' as const),
    read_sequence: 0,
    joined_sequence: 0,
    joined_at: now,
    joined_version: FIRST_VERSION,
  }));
  for (let at = 0; at < rows.length; at += CHUNK) {
    await insertMembers(trx, rows.slice(at, at + CHUNK));
  }
}
