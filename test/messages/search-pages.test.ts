import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { indexAll, range, searchAll, writeBehind } from './support/search.ts';

/** Milliseconds since 1970, of the first message. */
const START = 1_700_000_000_000;

for (const store of storeNames) {
  test(`paging through what is found, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');

    t.test('250 hits in several conversations come newest first, each once', async (t) => {
      const names = ['ben', 'cleo', 'dan'];
      for (const name of names) await app.signUp(name);
      const ids = await Promise.all(names.map((name) => ana.open(name)));
      // Ten of them in the same millisecond, and what is not found in between.
      const hits = range(250).map((n) => ({
        conversation: ids[(n * 7) % 3] ?? '',
        body: `needle ${n}`,
        createdAt: START + Math.floor(n / 10),
      }));
      for (const id of ids) {
        const own = hits.filter(({ conversation }) => conversation === id);
        await writeBehind(
          app.db,
          id,
          own.flatMap((hit) => [hit, { ...hit, body: 'hay' }]),
        );
      }
      const expected = hits
        .toSorted(
          (a, b) =>
            b.createdAt - a.createdAt ||
            Number(b.conversation) - Number(a.conversation) ||
            Number(b.body.slice(7)) - Number(a.body.slice(7)),
        )
        .map(({ body }) => body);
      for (const limit of ['7', '20', '50', '100']) {
        t.same(await searchAll(ana, { q: 'needle', limit }), expected, `not indexed, ${limit}`);
      }
      await indexAll(app.db);
      for (const limit of ['1', '7', '20', '50', '100']) {
        t.same(await searchAll(ana, { q: 'needle', limit }), expected, limit);
      }
      const [id = ''] = ids;
      t.same(
        await searchAll(ana, { q: 'needle', limit: '10', conversation: id }),
        expected.filter((body) => hits.find((hit) => hit.body === body)?.conversation === id),
      );
      // In all messages of the phrase's words, few have the phrase.
      await writeBehind(
        app.db,
        id,
        range(400).map((n) => ({
          body: n % 40 === 0 ? `alpha beta ${n}` : `beta alpha ${n}`,
          createdAt: START + n,
        })),
      );
      await indexAll(app.db);
      t.same(
        await searchAll(ana, { q: '"alpha beta"', limit: '3' }),
        range(10)
          .map((n) => `alpha beta ${n * 40}`)
          .reverse(),
      );
    });

    t.test(
      'a very long conversation is searched to its beginning, whatever its clocks said',
      async (t) => {
        await app.signUp('eve');
        const id = await ana.open('eve');
        // The first messages are from a clock that was ahead of all the others; they are the last that are looked at.
        const count = 26_000;
        const createdAt = (n: number) => START + (n < 300 ? 2 * count - n : n);
        const messages = range(count).map((n) => ({
          body: n % 100 === 0 ? `thread ${n}` : `hay ${n}`,
          createdAt: createdAt(n),
        }));
        await writeBehind(app.db, id, messages);
        await indexAll(app.db);
        const expected = range(260)
          .map((n) => n * 100)
          .sort((a, b) => createdAt(b) - createdAt(a))
          .map((n) => `thread ${n}`);
        t.same(expected.slice(0, 4), ['thread 0', 'thread 100', 'thread 200', 'thread 25900']);
        // While InnoDB writes the cache of so large an index to its tables, a search overlooks what was in it.
        await until(async () => (await searchAll(ana, { q: 'thread' })).length === 260);
        t.same(await searchAll(ana, { q: 'thread' }), expected);
        t.same(await searchAll(ana, { q: 'thread', conversation: id, limit: '11' }), expected);
        await ana.patch(`/conversations/${id}/preferences`, { json: { clearedThrough: 5_101 } });
        t.same(
          await searchAll(ana, { q: 'thread', limit: '13' }),
          expected.filter((body) => Number(body.slice(7)) > 5_100),
        );
      },
    );
  });
}
