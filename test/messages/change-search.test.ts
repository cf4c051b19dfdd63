import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { edit, remove } from './support/changes.ts';

for (const store of storeNames) {
  test(`changed messages are found as they are now, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const id = await ana.open('ben');
    const post = async (body: string) => (await ana.postMessage(id, body)).body.id as string;
    const found = async (q: string) =>
      (await ben.get(`/messages/search?q=${encodeURIComponent(q)}`)).body.messages.map(
        (message: { id: string }) => message.id,
      );
    const indexedThrough = async () => {
      const head = app.db.selectFrom('search_heads').select('indexed_sequence');
      return (await head.where('conversation_id', '=', Number(id)).executeTakeFirst())
        ?.indexed_sequence;
    };

    const indexed = [await post('a lighthouse far away'), await post('a lighthouse close by')];
    await until(async () => (await indexedThrough()) === 2);
    const fresh = [await post('a lighthouse in the fog'), await post('a lighthouse at noon')];

    for (const [edited, deleted] of [indexed, fresh]) {
      if (edited === undefined || deleted === undefined) return;
      const isIndexed = edited === indexed[0] ? 'indexed' : 'not yet indexed';
      t.test(`one that is ${isIndexed}`, async (t) => {
        const both = await found('lighthouse');
        for (const one of [edited, deleted]) t.ok(both.includes(one));
        await edit(ana, edited, `a windmill, ${isIndexed}`);
        await remove(ana, deleted);
        t.notOk((await found('lighthouse')).includes(edited));
        t.notOk((await found('lighthouse')).includes(deleted));
        t.ok((await found('windmill')).includes(edited));
      });
    }
  });
}
