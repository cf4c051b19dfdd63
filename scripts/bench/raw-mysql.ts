import {
  type Connection,
  createConnection,
  type QueryResult,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2';
import { BODY, HASH } from './raw-message.ts';
import type { Insert, RawTables } from './raw-transactions.ts';

export interface MysqlStore {
  /** Of the server, without a database. */
  url: string;
  /** Where Doorbell's tables are; those of the same shape go into a database beside it. */
  database: string;
}

/** Tables of Doorbell's shape with its conversations, without its messages; made anew each time. */
export async function openMysql(store: MysqlStore, connections: number): Promise<RawTables> {
  const opened = Array.from({ length: connections }, () => connect(store.url));
  const [first] = opened;
  if (!first) throw new Error('no connection was ordered');
  const raw = `${store.database}_raw`;
  for (const statement of [
    `DROP DATABASE IF EXISTS ${raw}`,
    `CREATE DATABASE ${raw}`,
    `CREATE TABLE ${raw}.conversations LIKE ${store.database}.conversations`,
    `INSERT INTO ${raw}.conversations SELECT * FROM ${store.database}.conversations`,
    `UPDATE ${raw}.conversations SET last_sequence = 0`,
    `CREATE TABLE ${raw}.messages LIKE ${store.database}.messages`,
  ])
    await first.run(statement);
  for (const { run } of opened) {
    await run(`USE ${raw}`);
    await run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  }
  const rows = await first.run<(RowDataPacket & { id: number })[]>('SELECT id FROM conversations');
  return {
    conversationIds: rows.map(({ id }) => id),
    inserts: opened.map(({ run }) => inserter(run)),
    close: async () => {
      for (const { connection } of opened) connection.destroy();
    },
  };
}

type Run = <T extends QueryResult = ResultSetHeader>(sql: string, values?: unknown[]) => Promise<T>;

function connect(url: string): { connection: Connection; run: Run } {
  const connection = createConnection({ uri: url, charset: 'utf8mb4' });
  // Not mysql2/promise, which keeps a stack trace for every call: here that would be a third of the work.
  const run = <T extends QueryResult>(sql: string, values?: unknown[]) =>
    new Promise<T>((resolve, reject) => {
      connection.query<T>(sql, values, (error, result) =>
        error ? reject(error) : resolve(result),
      );
    });
  return { connection, run };
}

const inserter =
  (run: Run): Insert =>
  async (conversationId) => {
    const now = Date.now();
    await run('BEGIN');
    const { insertId } = await run(
      'UPDATE conversations SET last_sequence = LAST_INSERT_ID(last_sequence + 1), updated_at = ? WHERE id = ?',
      [now, conversationId],
    );
    await run(
      'INSERT INTO messages (conversation_id, sequence, sender_id, body, idempotency_key, request_hash, version, created_at)' +
        ' VALUES (?, ?, 1, ?, ?, ?, 1, ?)',
      [conversationId, insertId, BODY, crypto.randomUUID(), HASH, now],
    );
    await run('COMMIT');
  };
