import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, sql, type Transaction } from 'kysely';
import type { Config } from './config.ts';
import { isRetryable } from './dialect.ts';
import { mysqlDialect } from './mysql.ts';
import { sqliteDialect } from './sqlite.ts';
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
export const openDatabase = (
  config: Config,
  onStatement: (statement: Statement) => void = () => {},
): Database =>
  new Kysely<Tables>({
    log: ({ query, queryDurationMillis }) =>
      onStatement({
        sql: query.sql,
        parameters: query.parameters,
        milliseconds: queryDurationMillis,
      }),
    dialect: config.databaseUrl
      ? mysqlDialect({
          url: config.databaseUrl,
          poolSize: config.databasePoolSize,
          queueLimit: config.databaseQueueLimit,
          acquireTimeout: config.databaseTimeout,
          queryTimeout: config.databaseTimeout,
        })
      : sqliteDialect(join(config.dataDir, 'doorbell.sqlite')),
  });

export const pingDatabase = async (db: Database): Promise<void> => {
  await sql`select 1`.execute(db);
};

const MAX_ATTEMPTS = 8;

/**
 * Runs `work` in one transaction. After a deadlock, a lock wait or a failed certification, at COMMIT
 * too, the whole transaction runs again, with jitter, up to eight times; so `work` must have no
 * effect outside the database. Announce after this resolves, never inside.
 */
export async function transact<T>(db: Database, work: (trx: Trx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRetryable(error)) throw error;
      await sleep(Math.random() * 2 ** attempt * 2);
    }
  }
}
