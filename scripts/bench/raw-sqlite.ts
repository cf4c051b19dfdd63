import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BODY, HASH } from './raw-message.ts';
import type { RawTables } from './raw-transactions.ts';

export interface SqliteStore {
  /** Of Doorbell; the tables of the same shape go into a file beside it. */
  file: string;
}

/** Tables of Doorbell's shape with its conversations, without its messages; made anew each time. As durable as Doorbell's. */
export async function openSqlite({ file }: SqliteStore): Promise<RawTables> {
  const raw = `${file}-raw`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(raw + suffix, { force: true });
  const database = new DatabaseSync(raw);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  copyTables(database, file);
  const rows = database.prepare('SELECT id FROM conversations').all() as { id: number }[];
  return {
    conversationIds: rows.map(({ id }) => id),
    inserts: [inserter(database)],
    close: async () => database.close(),
  };
}

function copyTables(database: DatabaseSync, file: string): void {
  database.prepare('ATTACH ? AS doorbell').run(file);
  const tables = database
    .prepare(
      "SELECT sql FROM doorbell.sqlite_master WHERE tbl_name IN ('conversations', 'messages') AND sql IS NOT NULL",
    )
    .all() as { sql: string }[];
  for (const { sql } of tables) database.exec(sql);
  database.exec(
    'INSERT INTO main.conversations SELECT * FROM doorbell.conversations; UPDATE main.conversations SET last_sequence = 0;' +
      ' DETACH doorbell;',
  );
}

function inserter(database: DatabaseSync) {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const takeSequence = database.prepare(
    'UPDATE conversations SET last_sequence = last_sequence + 1, updated_at = ? WHERE id = ? RETURNING last_sequence',
  );
  const insert = database.prepare(
    'INSERT INTO messages (conversation_id, sequence, sender_id, body, idempotency_key, request_hash, version, created_at)' +
      ' VALUES (?, ?, 1, ?, ?, ?, 1, ?)',
  );
  const commit = database.prepare('COMMIT');
  return async (conversationId: number): Promise<void> => {
    const now = Date.now();
    begin.run();
    const sequence = takeSequence.get(now, conversationId)?.['last_sequence'] ?? null;
    insert.run(conversationId, sequence, BODY, crypto.randomUUID(), HASH, now);
    commit.run();
  };
}
