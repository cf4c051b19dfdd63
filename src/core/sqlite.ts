import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

const MAX_CACHED_STATEMENTS = 200;

/** How long to wait, in milliseconds, for another process that writes, such as the seeder. Blocks this process. */
const BUSY_TIMEOUT = 2_000;

/**
 * The embedded database through Kysely's own dialect. WAL with synchronous=FULL: a commit is on
 * disk before it returns. There is one connection, so awaiting the outer Kysely inside a
 * transaction waits for ever.
 */
export function sqliteDialect(file: string): Dialect {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, {
    enableForeignKeyConstraints: true,
    timeout: BUSY_TIMEOUT,
  });
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;',
  );
  return new SqliteDialect({ database: new CachingDatabase(database) });
}

/** Statements are prepared once and kept, the most recently used ones. */
class CachingDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  prepare(given: string): SqliteStatement {
    // Whoever reads first and then writes would fail at once when another process wrote in between, instead of waiting.
    const sql = given === 'begin' ? 'begin immediate' : given;
    const statement = this.#statements.get(sql) ?? adapt(this.#database.prepare(sql));
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > MAX_CACHED_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

/** Kysely passes parameters as one array, which node:sqlite would take for named ones. */
const adapt = (statement: StatementSync): SqliteStatement => ({
  reader: statement.columns().length > 0,
  all: (parameters) => statement.all(...toInputs(parameters)),
  run: (parameters) => statement.run(...toInputs(parameters)),
  iterate: (parameters) => statement.iterate(...toInputs(parameters)),
});

const toInputs = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
