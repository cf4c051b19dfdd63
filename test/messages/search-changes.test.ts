import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { test } from 'tap';
import type { Database } from '../../src/core/database.ts';
import { isSqlite } from '../../src/core/dialect.ts';
import { indexSome } from '../../src/messages/search/index-messages.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { edit, remove } from './support/changes.ts';
import {
  indexAll,
  indexedSequence,
  range,
  search,
  searchAll,
  writeBehind,
} from './support/search.ts';

/** What the full-text index holds. */
async function countDocuments(db: Database): Promise<number> {
  const table = sql.table(isSqlite(db) ? 'search_terms' : 'search_documents');
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${table}`.execute(db);
  return rows[0]?.count ?? 0;
}

for (const store of storeNames) {
  test(`searching what changes, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    const id = await ana.open('ben');

    t.test(
      'an edited message is found by what it says now, a deleted one not at all',
      async (t) => {
        for (const indexed of [false, true]) {
          const { id: bird } = (await ana.postMessage(id, 'the early bird')).body;
          const { id: worm } = (await ana.postMessage(id, 'the early worm')).body;
          if (indexed) await indexAll(app.db);
          t.equal((await search(ana, { q: 'early' })).length, 2);
          await edit(ana, bird, 'the late Bird');
          await remove(ana, worm);
          t.same(await search(ana, { q: 'late bird' }), ['the [late] [Bird]']);
          t.same(await search(ana, { q: 'early' }), []);
          await indexAll(app.db);
          t.same(await search(ana, { q: 'bird' }), ['the late [Bird]']);
          await edit(ana, bird, '...');
          t.same(await search(ana, { q: 'bird' }), []);
          await edit(ana, bird, 'a bird again');
          t.same(await search(ana, { q: 'bird' }), ['a [bird] again']);
          await remove(ana, bird);
          t.same(await search(ana, { q: 'bird' }), []);
        }
        t.equal(await countDocuments(app.db), 0, 'nothing is left of what was deleted');
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
        for (let rest = [busy]; rest.length > 0; await setImmediate())
          rest = await indexSome(app.db, rest);
      })().finally(() => {
        isDone = true;
      });
      // Of the messages that are being indexed just now.
      const edited = new Set<number>();
      const editNext = async (step: number): Promise<void> => {
        while (!isDone) {
          await setImmediate();
          const sequence = (await indexedSequence(app.db, busy)) + step;
          if (sequence > count || edited.has(sequence)) continue;
          edited.add(sequence);
          await edit(ana, `${busy}-${sequence}`, 'after');
        }
      };
      await Promise.all([3, 60, 120, 197].map(editNext));
      await indexing;
      t.ok(edited.size > 3, `${edited.size} edits met the index`);
      t.equal((await searchAll(ana, { q: 'after', limit: '100' })).length, edited.size);
      t.equal((await searchAll(ana, { q: 'before', limit: '100' })).length, count - edited.size);
    });

    t.test('a deleted room leaves nothing in the index', async (t) => {
      const before = await countDocuments(app.db);
      const room = await ana.createRoom('A room');
      for (const n of range(3)) await ana.postMessage(room, `soon gone ${n}`);
      await indexAll(app.db);
      t.equal(await countDocuments(app.db), before + 3);
      await ana.delete(`/conversations/${room}`);
      await until(async () => (await indexedSequence(app.db, Number(room))) === 0);
      await until(async () => (await countDocuments(app.db)) === before);
      t.same(await search(ana, { q: 'gone' }), []);
    });
  });
}
