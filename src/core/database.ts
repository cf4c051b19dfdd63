import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dialect, Kysely, sql, type Transaction } from 'kysely';
import { CommitUnknownError } from './commit-unknown-error.ts';
import type { Config } from './config.ts';
import { isAnswered, isRetryable } from './dialect.ts';
import type { Tables } from './tables.ts';

/** For reads. What writes takes a Trx, so that a write outside a transaction does not compile. */
export type Database = Kysely<Tables>;
export type Trx = Transaction<Tables>;

export interface Statement {
  sql: string;
  parameters: readonly unknown[];
  milliseconds: number;
}

/**
 * MySQL or MariaDB when DATABASE_URL names one, else SQLite in DATA_DIR. Connects on first use;
 * `onStatement` is told of every statement after it ran.
 */
export async function openDatabase(
  config: Config,
  {
    onStatement = () => {},
    queryTimeout = config.databaseTimeout,
  }: { onStatement?: (statement: Statement) => void; queryTimeout?: number } = {},
): Promise<Database> {
  return new Kysely<Tables>({
    log: ({ query, queryDurationMillis }) =>
      onStatement({
        sql: query.sql,
        parameters: query.parameters,
        milliseconds: queryDurationMillis,
      }),
    dialect: await dialectOf(config, queryTimeout),
  });
}

/** Of two drivers only the one that is used takes its ten megabytes. */
async function dialectOf(config: Config, queryTimeout: number): Promise<Dialect> {
  if (!config.databaseUrl) {
    const { sqliteDialect } = await import('./sqlite/dialect.ts');
    return sqliteDialect(join(config.dataDir, 'doorbell.sqlite'));
  }
  const { mysqlDialect } = await import('./mysql.ts');
  return mysqlDialect({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    queueLimit: config.databaseQueueLimit,
    acquireTimeout: config.databaseTimeout,
    queryTimeout,
  });
}

export const pingDatabase = async (db: Database): Promise<void> => {
  await sql`select 1`.execute(db);
};

const MAX_ATTEMPTS = 8;
/** Milliseconds after which a transaction is not tried again: the next request waits for its connection. */
const MAX_RETRYING = 4_000;

/**
 * Runs `work` in one transaction. After a deadlock, a lock wait or a failed certification, at COMMIT
 * too, the whole transaction runs again, with jitter, a bounded number of times; so `work` must have
 * no effect outside the database. Announce after this resolves, never inside. When COMMIT fails it throws
 * CommitUnknownError; when its answer was lost, `whenUnknown` hears before what `work` had returned.
 */
export async function transact<T>(
  db: Database,
  work: (trx: Trx) => Promise<T>,
  whenUnknown: (result: T) => void = () => {},
  { attempts = MAX_ATTEMPTS }: { attempts?: number } = {},
): Promise<T> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(db, work, whenUnknown);
    } catch (error) {
      const isSpent = attempt === attempts || performance.now() - started > MAX_RETRYING;
      if (isSpent || !isRetryable(error)) throw error;
      await sleep(Math.random() * 2 ** attempt * 2);
    }
  }
}

/** How far a transaction came. */
type Course<T> =
  | { ended: 'before work' }
  | { ended: 'in work'; error: unknown }
  | { ended: 'after work'; result: T };

async function once<T>(
  db: Database,
  work: (trx: Trx) => Promise<T>,
  whenUnknown: (result: T) => void,
): Promise<T> {
  let course: Course<T> = { ended: 'before work' };
  try {
    return await db.transaction().execute(async (trx) => {
      try {
        const result = await work(trx);
        course = { ended: 'after work', result };
        return result;
      } catch (error) {
        course = { ended: 'in work', error };
        throw error;
      }
    });
  } catch (error) {
    throw reasonOf(course, error, whenUnknown);
  }
}

/** A ROLLBACK that fails, as on a database that has rolled back by itself, must not hide why it was needed. */
function reasonOf<T>(course: Course<T>, error: unknown, whenUnknown: (result: T) => void): unknown {
  if (course.ended === 'in work') return course.error;
  if (course.ended === 'before work' || isRetryable(error)) return error;
  if (!isAnswered(error)) whenUnknown(course.result);
  return new CommitUnknownError(error);
}
