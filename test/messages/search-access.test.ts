import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { indexAll, search } from './support/search.ts';

for (const store of storeNames) {
  for (const indexed of [false, true]) {
    const state = indexed ? 'indexed' : 'not indexed yet';
    test(`who finds what, stored in ${store}, ${state}`, async (t) => {
      const app = await startApp(t, { store });
      const ana = await app.signUp('ana');
      const ben = await app.signUp('ben');
      const eve = await app.signUp('eve');
      const settle = () => (indexed ? indexAll(app.db) : undefined);

      t.test(
        "a stranger's conversations are not searched, and cannot be told from none",
        async (t) => {
          const id = await ana.open('ben');
          await ana.postMessage(id, 'where the treasure is');
          await eve.postMessage(await eve.open('ben'), 'no treasure of mine');
          await settle();
          t.same(await search(ana, { q: 'treasure' }), ['where the [treasure] is']);
          t.same(await search(eve, { q: 'treasure' }), ['no [treasure] of mine']);
          t.same(await search(ben, { q: 'treasure' }), [
            'no [treasure] of mine',
            'where the [treasure] is',
          ]);
          t.same(await search(ben, { q: 'treasure', conversation: id }), [
            'where the [treasure] is',
          ]);
          for (const other of [id, '999999', '0', 'x', '']) {
            const { status, body } = await eve.get(
              `/messages/search?q=treasure&conversation=${other}`,
            );
            t.match({ status, code: body.code }, { status: 404, code: 'not_found' }, other);
          }
        },
      );

      t.test('what was cleared is found by the others alone', async (t) => {
        const id = await ana.open('ben');
        for (const n of [1, 2, 3]) await ana.postMessage(id, `secret ${n}`);
        await settle();
        const { lastSequence } = (await ana.get(`/conversations/${id}`)).body;
        t.equal((await search(ana, { q: 'secret' })).length, 3);
        await ana.patch(`/conversations/${id}/preferences`, {
          json: { clearedThrough: lastSequence - 1 },
        });
        t.same(await search(ana, { q: 'secret' }), ['[secret] 3']);
        t.same(await search(ana, { q: 'secret', conversation: id }), ['[secret] 3']);
        t.equal((await search(ben, { q: 'secret' })).length, 3);
      });

      t.test('who joins finds what the room shows them, who leaves nothing', async (t) => {
        const open = await ana.createRoom('Open', { visibility: 'public' });
        const closed = await ana.createRoom('Closed', { history: 'joined' });
        for (const id of [open, closed]) await ana.postMessage(id, `compass before ${id}`);
        await eve.put(`/conversations/${open}/members/eve`);
        await ana.put(`/conversations/${closed}/members/eve`);
        for (const id of [open, closed]) await ana.postMessage(id, `compass after ${id}`);
        await settle();
        t.same(
          (await search(eve, { q: 'compass' })).sort(),
          [
            `[compass] after ${open}`,
            `[compass] after ${closed}`,
            `[compass] before ${open}`,
          ].sort(),
        );
        for (const id of [open, closed]) await eve.delete(`/conversations/${id}/members/eve`);
        t.same(await search(eve, { q: 'compass' }), []);
        t.equal((await eve.get(`/messages/search?q=compass&conversation=${open}`)).status, 404);
        t.equal((await search(ana, { q: 'compass' })).length, 4);
        await ana.delete(`/conversations/${open}`);
        t.equal((await search(ana, { q: 'compass' })).length, 2);
      });
    });
  }
}
