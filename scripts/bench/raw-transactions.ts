// What the database can do without Doorbell: the two statements that a message cannot do without, each pair in a
// transaction of its own. A process of its own; each message from the command is an order, answered with a RawSpeed.
import { type MysqlStore, openMysql } from './raw-mysql.ts';
import { openSqlite, type SqliteStore } from './raw-sqlite.ts';
import { percentilesOf } from './statistics.ts';

export interface RawOrder {
  store: MysqlStore | SqliteStore;
  /** SQLite has one, whatever is ordered. */
  connections: number;
  warmUpSeconds: number;
  seconds: number;
}

export interface RawSpeed {
  perSecond: number;
  /** Milliseconds of one transaction. */
  p50: number;
}

/** Stores a message in this conversation, over one connection. */
export type Insert = (conversationId: number) => Promise<void>;

export interface RawTables {
  conversationIds: readonly number[];
  /** One for each connection. */
  inserts: readonly Insert[];
  close(): Promise<void>;
}

process.on('message', async ({ store, connections, warmUpSeconds, seconds }: RawOrder) => {
  const tables = await ('url' in store ? openMysql(store, connections) : openSqlite(store));
  const start = performance.now() + warmUpSeconds * 1_000;
  const end = start + seconds * 1_000;
  const durations = await insertUntil(end, start, tables);
  await tables.close();
  process.send?.({
    perSecond: durations.length / seconds,
    p50: percentilesOf(durations).p50,
  } satisfies RawSpeed);
});

/** Each connection goes its own way through all conversations. Resolves to the durations of what was done within the window. */
async function insertUntil(
  end: number,
  start: number,
  { inserts, conversationIds }: RawTables,
): Promise<number[]> {
  const durations: number[] = [];
  const loops = inserts.map(async (insert, connection) => {
    for (let turn = connection; ; turn += inserts.length) {
      const before = performance.now();
      await insert(conversationIds[turn % conversationIds.length] ?? 0);
      const after = performance.now();
      if (after >= end) return;
      if (after >= start) durations.push(after - before);
    }
  });
  await Promise.all(loops);
  return durations;
}
