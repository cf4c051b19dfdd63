import type { Selectable } from 'kysely';
import type { Database } from '../core/database.ts';
import { cutPage } from '../core/paging.ts';
import { notFound } from '../core/problems.ts';
import type { Tables } from '../core/tables.ts';
import { listPresence, NEUTRAL, type Presence, type PresenceParts } from './presence.ts';
import type { Me, User, UserList } from './schemas.ts';

type UserRow = Selectable<Tables['users']>;

/** What others may see of a user, and no more is ever selected for them. */
export const publicUserColumns = ['users.id', 'username', 'display_name', 'about'] as const;
export type PublicUserRow = Pick<UserRow, 'username' | 'display_name' | 'about'>;
type ListedUserRow = PublicUserRow & Pick<UserRow, 'id'>;

export const toUser = (row: PublicUserRow, presence: Presence = NEUTRAL): User => ({
  username: row.username,
  displayName: row.display_name,
  about: row.about,
  avatar: null,
  lastSeenAt: presence.lastSeenAt,
  online: presence.online,
});

/** As the viewer may see them, in the order of the rows. */
async function toUsers(
  parts: PresenceParts,
  viewerId: number,
  rows: readonly ListedUserRow[],
): Promise<User[]> {
  const ids = rows.map(({ id }) => id);
  const presence = await listPresence(parts, viewerId, ids);
  return rows.map((row) => toUser(row, presence.get(row.id)));
}

export const toMe = (
  row: PublicUserRow & Pick<UserRow, 'email' | 'role'>,
  presence?: Presence,
): Me => ({
  ...toUser(row, presence),
  email: row.email,
  role: row.role,
});

export async function getMe(parts: PresenceParts, userId: number): Promise<Me> {
  const row = await parts.db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const presence = await listPresence(parts, userId, [userId]);
  return toMe(row, presence.get(userId));
}

/** Of a deleted account too, by the name that its messages now carry. Throws a 404 for a name that nobody has. */
export async function getUser(
  parts: PresenceParts,
  viewerId: number,
  username: string,
): Promise<User> {
  const row = await parts.db
    .selectFrom('users')
    .select(publicUserColumns)
    .where('username', '=', canonical(username))
    .executeTakeFirst();
  const [user] = row ? await toUsers(parts, viewerId, [row]) : [];
  if (!user) throw notFound();
  return user;
}

export async function findUserId(db: Database, username: string): Promise<number | undefined> {
  const ids = await findUserIds(db, [username]);
  return ids.get(username);
}

/** By the names as they are given; without those that nobody has. */
export async function findUserIds(
  db: Database,
  usernames: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (usernames.length === 0) return new Map();
  const rows = await db
    .selectFrom('users')
    .select(['id', 'username'])
    .where('username', 'in', [...new Set(usernames.map(canonical))])
    .where('deleted_at', 'is', null)
    .execute();
  const ids = new Map(rows.map(({ id, username }) => [username, id]));
  return new Map(
    usernames.flatMap((name) => {
      const id = ids.get(canonical(name));
      return id === undefined ? [] : [[name, id] as const];
    }),
  );
}

export interface UserListOptions {
  /** Start of the username or of the display name, in whatever case. */
  search?: string;
  /** Username that the page before ended with. */
  after?: string;
  limit: number;
}

/** A page of the directory, by username; a search reads the index range of each of the two names. */
export async function listUsers(
  parts: PresenceParts,
  viewerId: number,
  options: UserListOptions,
): Promise<UserList> {
  const start = searchKey(options.search ?? '');
  const columns =
    start === '' ? (['username'] as const) : (['username', 'display_name_key'] as const);
  const ranges = await Promise.all(
    columns.map((column) => listStartingWith(parts.db, column, start, options)),
  );
  const byName = new Map(ranges.flat().map((row) => [row.username, row]));
  const sorted = [...byName.values()].sort((a, b) => (a.username < b.username ? -1 : 1));
  const { page, hasMore } = cutPage(sorted, options.limit);
  return {
    users: await toUsers(parts, viewerId, page),
    hasMore,
    next: hasMore ? (page.at(-1)?.username ?? null) : null,
  };
}

function listStartingWith(
  db: Database,
  column: 'username' | 'display_name_key',
  start: string,
  { after = '', limit }: UserListOptions,
): Promise<ListedUserRow[]> {
  const page = db
    .selectFrom('users')
    .select(publicUserColumns)
    .where('username', '>', after.toLowerCase())
    .where('deleted_at', 'is', null)
    .orderBy('username')
    .limit(limit + 1);
  if (start === '') return page.execute();
  // No text contains U+10FFFF, so this is an upper bound of all that start so.
  return page.where(column, '>=', start).where(column, '<', `${start}\u{10ffff}`).execute();
}

/**
 * A username or an e-mail address as it is stored. What can be neither becomes the empty text, which
 * nobody has: MySQL ignores trailing spaces, and some other letters have an ASCII lower case.
 */
export const canonical = (name: string): string =>
  /^[!-~]+$/.test(name) ? name.toLowerCase() : '';

/** What display names are searched by. */
export const searchKey = (text: string): string => text.normalize('NFC').toLowerCase();
