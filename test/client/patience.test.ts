import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { bodiesOf, countingFetch, newClient, newsOf, run } from './support/client.ts';
import { random } from './support/random.ts';
import { unreliableProxy } from './support/unreliable-proxy.ts';

/** Ben holds a room that counts as a crowd, and a small conversation; of Ana, who is not disturbed. */
async function startCrowd(t: Scope) {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const fetches = countingFetch();
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, proxy.url, 'ben', { fetch: fetches.fetch });
  const { id: room } = await ana.createRoom({ title: 'Crowd', members: ['ben'] });
  const { id: direct } = await ana.openDirect('ben');
  await app.db
    .updateTable('conversations')
    .set({ member_count: 1_000 })
    .where('id', '=', Number(room))
    .execute();
  await ben.connect();
  const spread = (milliseconds: number) =>
    proxy.say(JSON.stringify({ event: 'heartbeat', spread: milliseconds }));
  return { ana, ben, room, direct, spread, news: newsOf(ben), fetches };
}

test('news of a crowd waits as the server says, and goes along with what does not wait', async (t) => {
  const { ana, ben, room, direct, spread, news, fetches } = await startCrowd(t);
  await ana.post(room, 'at once');
  await until(() => news.length === 1);
  spread(10_000_000);
  const before = fetches.of('GET /messages');
  for (const n of run(1, 5)) await ana.post(room, `later ${n}`);
  await sleep(300);
  t.equal(news.length, 1);
  await ana.post(direct, 'for Ben alone');
  await until(() => news.length === 7);
  t.equal(fetches.of('GET /messages'), before + 1, 'one call');
  t.equal(bodiesOf(ben.messages(room)).length, 6);

  spread(0);
  await ana.post(room, 'at once again');
  await until(() => news.length === 8);
});

test('the last line of a crowd waits, and goes along with those that do not', async (t) => {
  const { ana, ben, room, direct, news, fetches } = await startCrowd(t);
  const lineOf = (id: string) => ben.conversation(id)?.lastMessage?.body;
  await ben.showOnly([], { listed: [room, direct] });
  await ana.post(room, 'unseen');
  await until(() => ben.conversation(room)?.unread === 1);
  await sleep(300);
  t.equal(lineOf(room), undefined);
  await ana.post(direct, 'few are told of this');
  await until(() => lineOf(room) === 'unseen' && lineOf(direct) === 'few are told of this');
  t.equal(fetches.of('GET /messages'), 1, 'one call');
  await ben.showOnly([room]);
  await ana.post(room, 'seen');
  await until(() => news.length === 3);
});

test('what waits does not hold up a client that catches up', async (t) => {
  const { ana, ben, room, news, spread } = await startCrowd(t);
  spread(10_000_000);
  await ana.post(room, 'later');
  await sleep(300);
  ben.close();
  await ben.connect();
  t.equal(news.length, 1);
});
