import type { Selectable } from 'kysely';
import { type Database, type Trx, transact } from '../core/database.ts';
import { isDuplicateKey } from '../core/dialect.ts';
import { cutPage } from '../core/paging.ts';
import { notFound, ProblemError } from '../core/problems.ts';
import type { Tables } from '../core/tables.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { listPresence, NEUTRAL, type Presence, type PresenceParts } from './presence.ts';
import type { LoginBody, Me, RegisterBody, User, UserList } from './schemas.ts';

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

const toMe = (row: UserRow, presence?: Presence): Me => ({
  ...toUser(row, presence),
  email: row.email,
  role: row.role,
});

/** Makes an account and, in the same transaction, whatever `alsoDo` does with it. Throws a 409. */
export async function register<T>(
  db: Database,
  body: RegisterBody,
  alsoDo: (trx: Trx, userId: number) => Promise<T>,
  role: UserRow['role'] = 'user',
): Promise<{ user: Me; result: T }> {
  const displayName = body.displayName?.trim() ?? body.username;
  const row = {
    username: canonical(body.username),
    email: canonical(body.email),
    display_name: displayName,
    display_name_key: searchKey(displayName),
    about: '',
    password_hash: await hashPassword(body.password),
    role,
    created_at: Date.now(),
    last_seen_at: null,
  };
  try {
    return await transact(db, async (trx) => {
      const { insertId } = await trx.insertInto('users').values(row).executeTakeFirstOrThrow();
      const id = Number(insertId);
      return { user: toMe({ id, ...row }), result: await alsoDo(trx, id) };
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const nameTaken = await findUserId(db, row.username);
    throw new ProblemError(nameTaken ? 'username_taken' : 'email_taken', { cause: error });
  }
}

/** By username or e-mail. The same 401, after the same work, for an unknown name and a wrong password. */
export async function checkCredentials(
  db: Database,
  body: LoginBody,
): Promise<{ userId: number; user: Me }> {
  const name = canonical(body.username);
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where(name.includes('@') ? 'email' : 'username', '=', name)
    .executeTakeFirst();
  const matches = await verifyPassword(body.password, row?.password_hash);
  if (!row || !matches) throw new ProblemError('wrong_credentials');
  return { userId: row.id, user: toMe(row) };
}

export async function getMe(parts: PresenceParts, userId: number): Promise<Me> {
  const row = await parts.db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const presence = await listPresence(parts, userId, [userId]);
  return toMe(row, presence.get(userId));
}

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
const canonical = (name: string): string => (/^[!-~]+$/.test(name) ? name.toLowerCase() : '');

/** What display names are searched by. */
export const searchKey = (text: string): string => text.normalize('NFC').toLowerCase();
