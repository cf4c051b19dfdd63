import { sql } from 'kysely';
import { type Test, test } from 'tap';
import { readConfig } from '../../src/core/config.ts';
import { type Database, openDatabase } from '../../src/core/database.ts';
import { isSqlite } from '../../src/core/dialect.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { startServer } from '../support/process.ts';
import { until } from '../support/until.ts';

const CHUNK = 1_000;
/** Messages that take a while to purge. */
const MANY = 2_000;
const REACTING = ['👍', '🎉', '❤️'];

/** Gives a room messages, of which each was edited and has reactions, behind the API's back. */
async function fill(db: Database, room: string, messages: number): Promise<void> {
  const conversation_id = Number(room);
  const sequences = Array.from({ length: messages }, (_, index) => index + 1);
  for (let at = 0; at < messages; at += CHUNK) {
    const chunk = sequences.slice(at, at + CHUNK);
    const common = { sender_id: 1, reply_to: null, idempotency_key: null, request_hash: null };
    const unchanged = { created_at: 1, edited_at: null, deleted_at: null };
    const rowsOfAll = chunk.map((sequence) => ({ conversation_id, sequence, version: sequence }));
    await db
      .insertInto('messages')
      .values(rowsOfAll.map((row) => ({ ...row, ...common, ...unchanged, body: 'to be purged' })))
      .execute();
    await db.insertInto('changes').values(rowsOfAll).execute();
    const reactions = rowsOfAll.flatMap((row) =>
      REACTING.map((emoji) => ({ ...row, emoji, user_id: 1 })),
    );
    await db.insertInto('reactions').values(reactions).execute();
  }
  await db
    .updateTable('conversations')
    .set({ last_sequence: messages, version: messages })
    .where('id', '=', conversation_id)
    .execute();
}

/** How many rows of this room there are, by table, in all tables that can have any. */
async function rowsOf(db: Database, room: string): Promise<Record<string, number>> {
  const tables = await db.introspection.getTables();
  const counts: Record<string, number> = {};
  for (const { name, columns } of tables) {
    const isOfRooms = columns.some((column) => column.name === 'conversation_id');
    if (name !== 'conversations' && !isOfRooms) continue;
    const column = isOfRooms ? 'conversation_id' : 'id';
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.table(name)}
      where ${sql.ref(column)} = ${Number(room)}`.execute(db);
    const count = Number(rows[0]?.count);
    if (count > 0) counts[name] = count;
  }
  return counts;
}

const isPurged = async (db: Database, room: string): Promise<boolean> =>
  Object.keys(await rowsOf(db, room)).length === 0;

async function open(t: Test, env: Record<string, string>): Promise<Database> {
  const db = await openDatabase(readConfig(env));
  t.teardown(() => db.destroy());
  return db;
}

for (const store of storeNames) {
  test(`what a deleted room leaves, stored in ${store}`, async (t) => {
    const statements: string[] = [];
    const app = await startApp(t, { store, onStatement: (one) => statements.push(one.sql) });
    const ana = await app.signUp('ana');
    await app.signUp('ben');

    t.test('no row of it is left soon after, and every row of others', async (t) => {
      const [gone, kept] = [
        await ana.createRoom('Gone', { visibility: 'public', members: ['ben'] }),
        await ana.createRoom('Kept', { visibility: 'public', members: ['ben'] }),
      ];
      for (const id of [gone, kept]) await fill(app.db, id, 1_200);
      const before = await rowsOf(app.db, kept);
      t.match(before, {
        conversations: 1,
        members: 2,
        messages: 1_200,
        changes: 1_200,
        reactions: 3_600,
        room_words: 1,
      });
      t.same(Object.keys(await rowsOf(app.db, gone)), Object.keys(before));
      t.equal((await ana.delete(`/conversations/${gone}`)).status, 204);
      await until(() => isPurged(app.db, gone));
      t.match(await rowsOf(app.db, kept), before);
    });

    t.test('nor is what was indexed of it for the search', async (t) => {
      const id = await ana.createRoom('Indexed');
      for (let n = 0; n < 3; n += 1) await ana.postMessage(id, `worth searching for ${n}`);
      await until(async () => (await rowsOf(app.db, id))['search_documents'] === 3);
      t.equal((await ana.delete(`/conversations/${id}`)).status, 204);
      await until(() => isPurged(app.db, id));
    });

    t.test('so it is when the last member has left', async (t) => {
      const id = await ana.createRoom('Left', { visibility: 'public' });
      await fill(app.db, id, 10);
      t.equal((await ana.delete(`/conversations/${id}/members/ana`)).status, 204);
      await until(() => isPurged(app.db, id));
    });

    t.test('a purge that failed is done with the next one', async (t) => {
      const failure = isSqlite(app.db)
        ? sql`begin select raise(abort, 'not now'); end`
        : sql`signal sqlstate '45000' set message_text = 'not now'`;
      await sql`create trigger no_purge before delete on messages for each row ${failure}`.execute(
        app.db,
      );
      const first = await ana.createRoom('Refused');
      await fill(app.db, first, 10);
      statements.length = 0;
      t.equal((await ana.delete(`/conversations/${first}`)).status, 204);
      const tries = /^\s*delete from .messages/;
      await until(() => statements.some((statement) => tries.test(statement)));
      await sql`drop trigger no_purge`.execute(app.db);
      t.match(await rowsOf(app.db, first), { messages: 10, conversations: 1, deleted_rooms: 1 });
      const second = await ana.createRoom('Accepted');
      t.equal((await ana.delete(`/conversations/${second}`)).status, 204);
      await until(() => isPurged(app.db, first));
      await until(() => isPurged(app.db, second));
    });
  });
}

const restarts = [
  ['sqlite', 'SIGTERM'],
  ['sqlite', 'SIGKILL'],
  ['mysql', 'SIGKILL'],
] as const;
for (const [store, signal] of restarts) {
  test(`a purge cut off by ${signal} goes on after the restart, in ${store}`, async (t) => {
    const empty = await startApp(t, { store });
    await empty.close();
    const db = await open(t, empty.env);
    const server = await startServer(t, empty.env);
    const ana = await server.signUp('ana');
    const id = await ana.createRoom('Long history');
    await fill(db, id, MANY);
    const { reactions } = await rowsOf(db, id);
    t.equal((await ana.delete(`/conversations/${id}`)).status, 204);
    await until(async () => (await rowsOf(db, id))['reactions'] !== reactions);
    t.equal(await server.stop(signal), signal === 'SIGTERM' ? 0 : null);
    const left = await rowsOf(db, id);
    t.match(left, { messages: MANY, conversations: 1, deleted_rooms: 1 });
    t.notOk('members' in left, 'access ended before');
    await startServer(t, empty.env);
    await until(() => isPurged(db, id));
  });
}
