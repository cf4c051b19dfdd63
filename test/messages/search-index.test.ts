import { sql } from 'kysely';
import { test } from 'tap';
import { type Database, transact } from '../../src/core/database.ts';
import { isSqlite } from '../../src/core/dialect.ts';
import { indexSome } from '../../src/messages/search/index-messages.ts';
import { reindexMessage } from '../../src/messages/search/reindex-message.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { indexAll, search, searchAll, writeBehind } from './support/search.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** An edit, or with null a deletion, as far as the search is concerned. */
const change = (db: Database, conversationId: number, sequence: number, body: string | null) =>
  transact(db, async (trx) => {
    await trx
      .updateTable('messages')
      .set({ body, ...(body === null ? { deleted_at: 1 } : { edited_at: 1 }) })
      .where('conversation_id', '=', conversationId)
      .where('sequence', '=', sequence)
      .execute();
    await reindexMessage(trx, conversationId, sequence, body);
  });

async function indexedSequence(db: Database, conversationId: number): Promise<number> {
  const row = await db
    .selectFrom('search_heads')
    .select('indexed_sequence')
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return row?.indexed_sequence ?? 0;
}

async function isIndexed(db: Database, conversationId: string): Promise<boolean> {
  const row = await db
    .selectFrom('conversations')
    .innerJoin('search_heads', 'search_heads.conversation_id', 'conversations.id')
    .select(['last_sequence', 'indexed_sequence'])
    .where('conversations.id', '=', Number(conversationId))
    .executeTakeFirst();
  return row?.last_sequence === row?.indexed_sequence && row !== undefined;
}

for (const store of storeNames) {
  test(`the index of the search, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    const id = await ana.open('ben');

    t.test(
      'an edited message is found by what it says now, a deleted one not at all',
      async (t) => {
        for (const indexed of [false, true]) {
          const { sequence } = (await ana.postMessage(id, 'the early bird')).body;
          const { sequence: other } = (await ana.postMessage(id, 'the early worm')).body;
          if (indexed) await indexAll(app.db);
          t.equal((await search(ana, { q: 'early' })).length, 2);
          await change(app.db, Number(id), sequence, 'the late Bird');
          await change(app.db, Number(id), other, null);
          t.same(await search(ana, { q: 'late bird' }), ['the [late] [Bird]']);
          t.same(await search(ana, { q: 'early' }), []);
          await indexAll(app.db);
          t.same(await search(ana, { q: 'bird' }), ['the late [Bird]']);
          await change(app.db, Number(id), sequence, '...');
          t.same(await search(ana, { q: 'bird' }), []);
          await change(app.db, Number(id), sequence, 'a bird again');
          t.same(await search(ana, { q: 'bird' }), ['a [bird] again']);
          await change(app.db, Number(id), sequence, null);
          t.same(await search(ana, { q: 'bird' }), []);
        }
        const { rows } = await sql<{ count: number }>`
        select count(*) as count from ${sql.table(isSqlite(app.db) ? 'search_terms' : 'search_documents')}
      `.execute(app.db);
        t.equal(rows[0]?.count, 0, 'nothing is left of what was deleted');
      },
    );

    t.test('what is posted is indexed some seconds later', async (t) => {
      const { body } = await ana.postMessage(id, 'an unhurried tortoise');
      await until(() => isIndexed(app.db, id));
      t.same(await search(ana, { q: 'tortoise' }), ['an unhurried [tortoise]']);
      // So it is the index that finds it.
      await app.db.deleteFrom('search_documents').where('sequence', '=', body.sequence).execute();
      t.same(await search(ana, { q: 'tortoise' }), []);
    });

    t.test(
      'of very many messages written behind the API the last are found at once, all in the end',
      async (t) => {
        await app.signUp('cleo');
        const far = await ana.open('cleo');
        await writeBehind(
          app.db,
          far,
          range(2_500).map((n) => ({ body: `snail ${n}`, createdAt: n })),
        );
        t.same(await search(ana, { q: 'snail', limit: '1' }), ['[snail] 2499']);
        t.ok((await searchAll(ana, { q: 'snail', limit: '100' })).length >= 1_000);
        await until(() => isIndexed(app.db, far));
        t.equal((await searchAll(ana, { q: 'snail', limit: '100' })).length, 2_500);
      },
    );

    t.test('edits while messages are indexed are never lost', async (t) => {
      await app.signUp('dan');
      const busy = Number(await ana.open('dan'));
      const count = 3_000;
      await writeBehind(
        app.db,
        String(busy),
        range(count).map((n) => ({ body: `before ${n}` })),
      );
      let isDone = false;
      const indexing = (async () => {
        for (let rest = [busy]; rest.length > 0; ) rest = await indexSome(app.db, rest);
      })().finally(() => {
        isDone = true;
      });
      // Of the messages that are being indexed just now.
      const edited = new Set<number>();
      const editNext = async (step: number): Promise<void> => {
        while (!isDone) {
          const sequence = (await indexedSequence(app.db, busy)) + step;
          if (sequence > count || edited.has(sequence)) continue;
          edited.add(sequence);
          await change(app.db, busy, sequence, 'after');
        }
      };
      await Promise.all([3, 60, 120, 197].map(editNext));
      await indexing;
      t.ok(edited.size > 10, `${edited.size} edits met the index`);
      t.equal((await searchAll(ana, { q: 'after', limit: '100' })).length, edited.size);
      t.equal((await searchAll(ana, { q: 'before', limit: '100' })).length, count - edited.size);
    });

    t.test('several may index the same conversation at once', async (t) => {
      await app.signUp('eve');
      const shared = await ana.open('eve');
      await writeBehind(
        app.db,
        shared,
        range(900).map((n) => ({ body: `otter ${n}` })),
      );
      await Promise.all(
        range(4).map(async () => {
          for (let rest = [Number(shared)]; rest.length > 0; ) rest = await indexSome(app.db, rest);
        }),
      );
      const { count } = await app.db
        .selectFrom('search_documents')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('conversation_id', '=', Number(shared))
        .executeTakeFirstOrThrow();
      t.equal(count, 900);
      t.equal((await searchAll(ana, { q: 'otter', limit: '100' })).length, 900);
    });

    t.test('a deleted room whose messages are still there is not indexed', async (t) => {
      const room = Number(await ana.createRoom('A room'));
      await ana.postMessage(String(room), 'soon gone');
      await app.db.insertInto('deleted_rooms').values({ conversation_id: room }).execute();
      t.same(await indexSome(app.db, [room]), []);
      t.equal(await indexedSequence(app.db, room), 0);
      await app.db.deleteFrom('deleted_rooms').where('conversation_id', '=', room).execute();
      t.same(await indexSome(app.db, [room]), []);
      t.equal(await indexedSequence(app.db, room), 1);
    });

    t.test('a process that starts indexes what others left', async (t) => {
      await app.close();
      const again = await startApp(t, { store, env: app.env });
      await writeBehind(again.db, id, [{ body: 'left by an import' }]);
      const third = await startApp(t, { store, env: app.env });
      await until(() => isIndexed(third.db, id));
      t.same(await search(ana.at(third), { q: 'import' }), ['left by an [import]']);
    });
  });
}

test('of two processes each finds at once what was posted at the other', async (t) => {
  const here = await startApp(t, { store: 'mysql', bus: 'redis' });
  const there = await startApp(t, { store: 'mysql', bus: 'redis', env: here.env });
  const ana = await here.signUp('ana');
  await here.signUp('ben');
  const id = await ana.open('ben');
  for (const n of range(20)) {
    const [poster, searcher] = n % 2 === 0 ? [ana, ana.at(there)] : [ana.at(there), ana];
    await poster.postMessage(id, `relay${n} from one to the other`);
    t.same(await search(searcher, { q: `relay${n}` }), [`[relay${n}] from one to the other`]);
    if (n % 5 === 0) await indexAll(n % 2 === 0 ? here.db : there.db);
  }
  t.equal((await searchAll(ana, { q: 'relay*', limit: '6' })).length, 20);
});
