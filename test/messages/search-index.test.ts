import { test } from 'tap';
import { indexSome } from '../../src/messages/search/index-messages.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { until } from '../support/until.ts';
import {
  indexAll,
  indexedSequence,
  isIndexed,
  range,
  search,
  searchAll,
  writeBehind,
} from './support/search.ts';

for (const store of storeNames) {
  test(`the index of the search, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    const id = await ana.open('ben');

    t.test('what is posted is indexed some seconds later', async (t) => {
      const { body } = await ana.postMessage(id, 'an unhurried tortoise');
      // Not one search before: it would tell of what it found unindexed.
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
