import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { Chain } from '../dialect.ts';
import { type Rows, type Statement, Statements } from './statements.ts';
import type { Place } from './thread.ts';
import { openWriter, type Writer } from './writer.ts';

/**
 * Reads at once and in this thread, as the last commit left things; writes, and reads within a transaction, by the one
 * connection that writes, in a thread of its own. Writing by the outer Kysely inside a transaction waits for ever.
 */
export class SqliteDriver implements Driver {
  readonly #file: string;
  readonly #idle: SqliteConnection[] = [];
  #reader: Statements | undefined;
  #writer: Writer | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {
    this.#reader = new Statements(this.#file, { readOnly: true });
    this.#writer = openWriter(this.#file);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (!this.#reader || !this.#writer) throw new Error('the driver has not been initialised');
    return new SqliteConnection(this.#reader, this.#writer);
  }

  async releaseConnection(connection: SqliteConnection): Promise<void> {
    this.#idle.push(connection);
  }

  beginTransaction = (connection: SqliteConnection): Promise<void> => connection.begin();
  commitTransaction = (connection: SqliteConnection): Promise<void> => connection.commit();
  rollbackTransaction = (connection: SqliteConnection): Promise<void> => connection.rollback();

  async destroy(): Promise<void> {
    this.#reader?.close();
    await this.#writer?.close();
  }
}

/** What may be answered by a connection that only reads; whatever else it may be, it is refused there. */
const READS = /^\s*(select|with|explain)\b/i;

const COMMIT: Statement = { sql: 'commit', parameters: [] };
const ROLLBACK: Statement = { sql: 'rollback', parameters: [] };

class SqliteConnection implements DatabaseConnection {
  readonly #reader: Statements;
  readonly #writer: Writer;
  #place: Place | 'ended' = 'alone';

  constructor(reader: Statements, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async executeQuery<R>(query: CompiledQuery | Chain): Promise<QueryResult<R>> {
    const { rest = [], isLast = false } = query as Partial<Chain>;
    const statements = [query, ...rest];
    const isEnd = isLast && this.#place === 'within';
    return (await (isEnd
      ? this.#runAndCommit(statements)
      : this.#run(statements))) as QueryResult<R>;
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('nothing is streamed');
  }

  /** The statement that comes first brings BEGIN along. */
  async begin(): Promise<void> {
    await this.#writer.lock();
    this.#place = 'first';
  }

  /** Undone when it fails. Whoever writes next need not wait for the answer: what they send is run after it. */
  async commit(): Promise<void> {
    const committed = this.#place === 'within' ? this.#writer.run([COMMIT], 'last') : undefined;
    this.#end();
    await committed;
  }

  async rollback(): Promise<void> {
    const undone = this.#place === 'within' ? this.#writer.run([ROLLBACK], 'within') : undefined;
    this.#end();
    await undone;
  }

  /** Of a transaction that has ended by itself it is only said. */
  #end(): void {
    if (this.#place === 'first' || this.#place === 'within') this.#writer.unlock();
    this.#place = 'alone';
  }

  /** Undone when it fails, and as with `commit` nobody waits for it. */
  #runAndCommit(statements: readonly Statement[]): Promise<Rows> {
    const committed = this.#writer.run([...statements, COMMIT], 'last');
    this.#end();
    this.#place = 'ended';
    return committed;
  }

  async #run(statements: readonly Statement[]): Promise<Rows> {
    const place = this.#place;
    if (place === 'ended') throw new Error('the transaction has ended');
    if (place === 'alone') return this.#runAlone(statements);
    this.#place = 'within';
    return this.#writer.run(statements, place);
  }

  async #runAlone(statements: readonly Statement[]): Promise<Rows> {
    const [only] = statements;
    if (only && READS.test(only.sql)) return this.#reader.run(only);
    await this.#writer.lock();
    try {
      return await this.#writer.run(statements, 'alone');
    } finally {
      this.#writer.unlock();
    }
  }
}
