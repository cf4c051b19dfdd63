import {
  type CompiledQuery,
  type Kysely,
  type RawBuilder,
  type Selectable,
  SqliteAdapter,
  sql,
  type Transaction,
} from 'kysely';
import { CommitUnknownError } from './commit-unknown-error.ts';
import { PoolExhaustedError } from './mysql-waits.ts';
import type { Tables } from './tables.ts';

// All that differs between MySQL, MariaDB and SQLite and that Kysely does not hide.

export const isSqlite = (db: Kysely<Tables>): boolean =>
  db.getExecutor().adapter instanceof SqliteAdapter;

/**
 * Takes the conversation's next sequence and holds its row until the transaction ends, so that
 * sequences become visible in order and no reader's position ever skips one. Undefined when there
 * is no such conversation.
 */
export async function takeSequence(
  trx: Transaction<Tables>,
  conversationId: number,
  now: number,
): Promise<number | undefined> {
  if (isSqlite(trx)) {
    const row = await trx
      .updateTable('conversations')
      .set((eb) => ({ last_sequence: eb('last_sequence', '+', 1), updated_at: now }))
      .where('id', '=', conversationId)
      .returning('last_sequence')
      .executeTakeFirst();
    return row?.last_sequence;
  }
  // LAST_INSERT_ID(expression) brings the new value back in the answer to the UPDATE itself.
  const updated = await sql`
    update conversations set last_sequence = last_insert_id(last_sequence + 1), updated_at = ${now}
    where id = ${conversationId}`.execute(trx);
  return updated.numAffectedRows === 0n ? undefined : Number(updated.insertId);
}

/** Of which SQLite's thread gets more than one at a time. The first that fails is the last that is run. */
export interface Chain extends CompiledQuery {
  rest: readonly CompiledQuery[];
  /** Whether COMMIT follows at once, and nothing else. */
  isLast?: boolean;
}

/**
 * Runs statements one after the other, and to SQLite sends them together; with `isLast` its COMMIT too, so that nobody waits
 * for an answer in between. Rejects then when that fails, and nothing has happened.
 */
export async function writeInOrder(
  trx: Transaction<Tables>,
  [first, ...rest]: readonly [CompiledQuery, ...CompiledQuery[]],
  { isLast = false }: { isLast?: boolean } = {},
): Promise<void> {
  if (isSqlite(trx)) {
    const chain: Chain = { ...first, rest, isLast };
    await trx.executeQuery(chain);
    return;
  }
  for (const query of [first, ...rest]) await trx.executeQuery(query);
}

/**
 * Holds the conversation's row until the transaction ends: nobody posts to it, changes it, comes or
 * goes meanwhile. Undefined when there is no such conversation. Take it before any row that belongs to it.
 */
export async function lockConversation(
  trx: Transaction<Tables>,
  conversationId: number,
): Promise<Selectable<Tables['conversations']> | undefined> {
  const query = trx.selectFrom('conversations').selectAll().where('id', '=', conversationId);
  // All transactions of SQLite share one connection, so this one is alone.
  return (isSqlite(trx) ? query : query.forUpdate()).executeTakeFirst();
}

/**
 * Holds a member's row until the transaction ends, under the lock of its conversation: what members change
 * without that lock, as their read markers, stands still too.
 */
export async function lockMember(
  trx: Transaction<Tables>,
  conversationId: number,
  userId: number,
): Promise<Selectable<Tables['members']> | undefined> {
  const query = trx
    .selectFrom('members')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId);
  return (isSqlite(trx) ? query : query.forUpdate()).executeTakeFirst();
}

/**
 * Holds a user's row until the transaction ends: no session of theirs starts, and neither their password nor what they may
 * do changes meanwhile. Undefined when there is no such user. Take it before the user's sessions, and several in the order
 * of their ids.
 */
export async function lockUser(
  trx: Transaction<Tables>,
  userId: number,
): Promise<Selectable<Tables['users']> | undefined> {
  const query = trx.selectFrom('users').selectAll().where('id', '=', userId);
  return (isSqlite(trx) ? query : query.forUpdate()).executeTakeFirst();
}

/** Holds the rows of all admins until the transaction ends: none of them becomes less meanwhile. */
export async function lockAdmins(
  trx: Transaction<Tables>,
): Promise<Pick<Selectable<Tables['users']>, 'id' | 'disabled_at'>[]> {
  const query = trx
    .selectFrom('users')
    .select(['id', 'disabled_at'])
    .where('role', '=', 'admin')
    .orderBy('username');
  return (isSqlite(trx) ? query : query.forUpdate()).execute();
}

/** Deletes the first `limit` rows that a table has of one conversation, by the table's key; returns how many there were. */
export async function deleteSome(
  trx: Transaction<Tables>,
  { table, key }: { table: keyof Tables; key: readonly string[] },
  conversationId: number,
  limit: number,
): Promise<number> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const first = sql`where conversation_id = ${conversationId} order by ${columns} limit ${limit}`;
  // Only MySQL takes LIMIT in a DELETE, and only SQLite takes it in such a subquery.
  const which = isSqlite(trx)
    ? sql`where (${columns}) in (select ${columns} from ${sql.table(table)} ${first})`
    : first;
  const { numAffectedRows } = await sql`delete from ${sql.table(table)} ${which}`.execute(trx);
  return Number(numAffectedRows);
}

/** Epoch milliseconds by the clock of the database, the one that all processes share. */
export const databaseNow = (db: Kysely<Tables>): RawBuilder<number> =>
  isSqlite(db)
    ? sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
    : sql<number>`cast(unix_timestamp(current_timestamp(3)) * 1000 as unsigned)`;

/** What a driver throws: mysql2 numbers its errors in errno, node:sqlite in errcode. */
interface DriverError {
  code?: string;
  errno?: number;
  errcode?: number;
  message?: string;
}

const ER_DUP_ENTRY = 1062;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** A row with this key is there already. */
export function isDuplicateKey(error: unknown): boolean {
  const { errno, errcode } = (error ?? {}) as DriverError;
  return (
    errno === ER_DUP_ENTRY ||
    errcode === SQLITE_CONSTRAINT_UNIQUE ||
    errcode === SQLITE_CONSTRAINT_PRIMARYKEY
  );
}

// 1213 deadlock (Galera's certification failure at COMMIT too), 1205 lock wait, 1020 a row that
// changed since it was read (MariaDB's snapshot isolation).
const RETRYABLE = new Set([1213, 1205, 1020]);
const SQLITE_BUSY = 5;

/** Another transaction was in the way, of which a smaller one may not meet. */
export const isConflict = (error: unknown): boolean =>
  RETRYABLE.has(((error ?? {}) as DriverError).errno ?? 0);

/** The transaction was undone and may succeed when it is run again as a whole. */
export function isRetryable(error: unknown): boolean {
  const { errcode } = (error ?? {}) as DriverError;
  return isConflict(error) || primarySqliteCode(errcode) === SQLITE_BUSY;
}

/** SQLite is part of this process: no answer of it is ever lost, and a COMMIT that failed has happened nowhere. */
export const isAnswered = (error: unknown): boolean =>
  ((error ?? {}) as DriverError).errcode !== undefined;

// Too many connections, shutdown, disk full (1021, 1026, 1030, 1114, 1180), read-only (1290, 1792, 1836), statement
// or server killed, or too slow for the server's own limit (3024 and MariaDB's 1969), idle transaction ended (4031
// and MariaDB's 1927), Galera node without the others (1047, and 1180 at COMMIT).
const UNAVAILABLE = new Set([
  1040, 1129, 1053, 1021, 1026, 1030, 1114, 1180, 1290, 1792, 1836, 1317, 3024, 1969, 4031, 1927,
  1047, 1203,
]);
const UNREACHABLE =
  /^(E(CONN|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)|PROTOCOL_|POOL_|ER_CON_COUNT)/;
// Busy, locked, read-only, I/O error, full, cannot open.
const SQLITE_UNAVAILABLE = new Set([SQLITE_BUSY, 6, 8, 10, 13, 14]);

/** The database is away, full, read-only or too busy: worth a 503, and another try later. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof PoolExhaustedError || error instanceof CommitUnknownError) return true;
  if (isRetryable(error)) return true;
  const { code, errno, errcode, message } = (error ?? {}) as DriverError;
  return (
    UNREACHABLE.test(code ?? '') ||
    UNAVAILABLE.has(errno ?? 0) ||
    SQLITE_UNAVAILABLE.has(primarySqliteCode(errcode)) ||
    // mysql2 gives these no code.
    /^(Queue limit reached|Pool is closed|Can't add new command when connection is in closed state)/.test(
      message ?? '',
    )
  );
}

/** The low byte of an extended SQLite result code. */
const primarySqliteCode = (errcode: number | undefined): number => (errcode ?? 0) & 0xff;
