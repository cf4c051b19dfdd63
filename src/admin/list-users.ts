import type { Selectable } from 'kysely';
import type { Database } from '../core/database.ts';
import { toTimestamp } from '../core/ids.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { notFound } from '../core/problems.ts';
import type { Tables } from '../core/tables.ts';
import { canonical, searchKey } from '../users/users.ts';
import type { AdminUser, AdminUserList, AdminUserQuery } from './schemas.ts';

type UserRow = Selectable<Tables['users']>;

const SEARCHED = ['username', 'display_name_key', 'email'] as const;

/** A page of all users, by username; a search reads the index range of each of the three names. */
export async function listUsers(
  db: Database,
  { search = '', after = '', limit = DEFAULT_PAGE }: AdminUserQuery,
): Promise<AdminUserList> {
  const start = searchKey(search);
  const columns = start === '' ? (['username'] as const) : SEARCHED;
  const users = selectUsers(db)
    .where('username', '>', after.toLowerCase())
    .orderBy('username')
    .limit(limit + 1);
  const ranges = await Promise.all(
    columns.map((column) =>
      start === ''
        ? users.execute()
        : // No text contains U+10FFFF, so this is an upper bound of all that start so.
          users.where(column, '>=', start).where(column, '<', `${start}\u{10ffff}`).execute(),
    ),
  );
  const byName = new Map(ranges.flat().map((row) => [row.username, row]));
  const sorted = [...byName.values()].sort((a, b) => (a.username < b.username ? -1 : 1));
  const { page, hasMore } = cutPage(sorted, limit);
  return {
    users: await toAdminUsers(db, page),
    hasMore,
    next: hasMore ? (page.at(-1)?.username ?? null) : null,
  };
}

/** Throws a 404 for a name that nobody has. */
export async function getUser(db: Database, username: string): Promise<AdminUser> {
  const rows = await selectUsers(db).where('username', '=', canonical(username)).execute();
  const [user] = await toAdminUsers(db, rows);
  if (!user) throw notFound();
  return user;
}

const selectUsers = (db: Database) =>
  db.selectFrom('users').selectAll().where('deleted_at', 'is', null);

async function toAdminUsers(db: Database, rows: readonly UserRow[]): Promise<AdminUser[]> {
  const sessions = await countSessions(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    username: row.username,
    displayName: row.display_name,
    about: row.about,
    email: row.email,
    role: row.role,
    createdAt: toTimestamp(row.created_at),
    lastSeenAt: row.last_seen_at === null ? null : toTimestamp(row.last_seen_at),
    disabledAt: row.disabled_at === null ? null : toTimestamp(row.disabled_at),
    sessions: sessions.get(row.id) ?? 0,
  }));
}

async function countSessions(
  db: Database,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('sessions')
    .select((eb) => ['user_id', eb.fn.countAll<number>().as('count')])
    .where('user_id', 'in', userIds)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', Date.now())
    .groupBy('user_id')
    .execute();
  return new Map(rows.map(({ user_id, count }) => [user_id, Number(count)]));
}
