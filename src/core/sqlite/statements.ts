import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { QueryResult } from 'kysely';

const MAX_CACHED_STATEMENTS = 200;

/** How long to wait, in milliseconds, for another process that writes, such as the seeder. Blocks its thread. */
const BUSY_TIMEOUT = 2_000;

/** Kibibytes of pages that a connection keeps. */
const CACHE_SIZE = 16_384;

/** What every connection to a file is set up with. WAL with synchronous=FULL: a commit is on disk before it returns. */
const SET_UP = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${CACHE_SIZE};`;

export interface Statement {
  sql: string;
  parameters: readonly unknown[];
}

export type Rows = QueryResult<Record<string, unknown>>;

/** One connection to a file, whose statements are prepared once and kept, the most recently used ones. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(file: string, { readOnly = false }: { readOnly?: boolean } = {}) {
    this.#database = new DatabaseSync(file, {
      enableForeignKeyConstraints: true,
      timeout: BUSY_TIMEOUT,
    });
    this.#database.exec(SET_UP);
    // Not opened as such: it has to make the file and its WAL.
    if (readOnly) this.#database.exec('PRAGMA query_only = ON;');
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  run({ sql, parameters }: Statement): Rows {
    const { statement, isReader } = this.#prepare(sql);
    // Kysely passes parameters as one array, which node:sqlite would take for named ones.
    const inputs = parameters as SQLInputValue[];
    if (isReader) return { rows: statement.all(...inputs) };
    const { changes, lastInsertRowid } = statement.run(...inputs);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const prepared = this.#prepared.get(sql) ?? prepare(this.#database, sql);
    this.#prepared.delete(sql);
    this.#prepared.set(sql, prepared);
    if (this.#prepared.size > MAX_CACHED_STATEMENTS) {
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    return prepared;
  }
}

interface Prepared {
  statement: StatementSync;
  isReader: boolean;
}

function prepare(database: DatabaseSync, sql: string): Prepared {
  const statement = database.prepare(sql);
  return { statement, isReader: statement.columns().length > 0 };
}
