import { test } from 'tap';
import { memoryTokenStore } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import { fillConversation } from '../support/bulk.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';
import {
  bodiesOf,
  countingFetch,
  newClient,
  newDevice,
  newsOf,
  openClient,
  run,
  sequencesOf,
} from './support/client.ts';
import { MemoryStore } from './support/memory-store.ts';
import { random } from './support/random.ts';
import { NO_FAULTS, unreliableProxy } from './support/unreliable-proxy.ts';

const BATCH = 'GET /messages';
const PAGE = 'GET /conversations/#/messages';
const CONVERSATION = 'GET /conversations/#';

/** Ben holds a conversation with Ana and another with Eve, and looks at neither. */
async function startHidden(t: Scope) {
  const app = await startApp(t);
  const fetches = countingFetch();
  const proxy = await unreliableProxy(t, app.url, random(1));
  const [tokens, store] = [memoryTokenStore(), new MemoryStore()];
  const ben = await newClient(t, proxy.url, 'ben', { fetch: fetches.fetch, tokens, store });
  const [ana, eve] = [await newClient(t, app.url, 'ana'), await newClient(t, app.url, 'eve')];
  const [{ id }, { id: other }] = [await ana.openDirect('ben'), await eve.openDirect('ben')];
  for (const n of run(1, 3)) await ana.post(id, `message ${n}`);
  await ben.connect();
  await ben.loadLast(id);
  await ben.showOnly([]);
  const unread = (count: number, of = id) => until(() => ben.conversation(of)?.unread === count);
  const calls = () => [BATCH, PAGE, CONVERSATION].map((call) => fetches.of(call));
  return { app, proxy, ana, eve, ben, id, other, unread, calls, tokens, store, news: newsOf(ben) };
}

test('what is not on screen is counted, and fetched when it is looked at', async (t) => {
  const { ana, eve, ben, id, other, unread, calls, news } = await startHidden(t);
  await eve.post(other, 'from Eve');
  await unread(1, other);
  const before = calls();
  for (const n of run(4, 6)) await ana.post(id, `message ${n}`);
  await unread(6);
  t.match(ben.conversations()[0], { id, lastSequence: 6, lastMessage: { sequence: 3 } });
  t.same(sequencesOf(ben.messages(id)), run(1, 3));
  t.same(calls(), before, 'nothing was asked for');

  await ben.showOnly([id]);
  await until(() => ben.messages(id).length === 6);
  t.same(sequencesOf(news), [4, 5, 6], 'they are news once, in order');
  t.match(ben.conversation(id), { unread: 6, lastMessage: { sequence: 6 } });
  const [batches = 0, pages = 0, conversations = 0] = before;
  t.same(calls(), [batches, pages + 1, conversations]);
  await ana.post(id, 'message 7');
  await until(() => ben.messages(id).length === 7);
  t.equal(ben.conversation(other)?.unread, 1, 'the other one is not on screen yet');
  t.same(ben.messages(other), []);
});

test('what changes while it is not on screen is as it is when it is looked at', async (t) => {
  const { ana, ben, id, unread, calls, news } = await startHidden(t);
  const before = calls();
  await ana.post(id, 'message 4');
  await unread(4);
  await ana.edit(`${id}-2`, 'edited');
  await ana.remove(`${id}-1`);
  await ana.post(id, 'message 5');
  await unread(5);
  t.same(calls(), before);
  t.same(bodiesOf(ben.messages(id)), ['message 1', 'message 2', 'message 3']);
  t.same(bodiesOf(await ben.loadLast(id)), [null, 'edited', 'message 3', 'message 4', 'message 5']);
  t.equal(ben.conversation(id)?.unread, 4, 'without the deleted one');
  t.equal(news.length, 4);
});

test('loadLast resolves with all that is missing, or with what is held when that cannot be had', async (t) => {
  const { ana, ben, id, unread, proxy } = await startHidden(t);
  await ana.post(id, 'message 4');
  await unread(4);
  t.equal((await ben.loadLast(id)).length, 4);
  await ben.showOnly([]);
  await ana.post(id, 'message 5');
  await unread(5);
  proxy.faults = { ...NO_FAULTS, lostRequests: 100 };
  t.equal((await ben.loadLast(id)).length, 4);
  proxy.faults = NO_FAULTS;
  await until(() => ben.messages(id).length === 5);
  await ana.post(id, 'message 6');
  await until(() => ben.messages(id).length === 6);
});

test('of last lines that are listed the newest alone are fetched, by one call in some seconds', async (t) => {
  const { ana, eve, ben, id, other, unread, calls } = await startHidden(t);
  await ben.showOnly([], { listed: [id, other, '999'] });
  const [batches = 0, ...others] = calls();
  const started = performance.now();
  for (const n of run(1, 10)) {
    await ana.post(id, `of Ana ${n}`);
    await eve.post(other, `of Eve ${n}`);
    await unread(3 + n);
    await unread(n, other);
  }
  const lines = () => [id, other].map((one) => ben.conversation(one)?.lastMessage?.body);
  await until(() => lines().join() === 'of Ana 10,of Eve 10');
  const seconds = (performance.now() - started) / 1_000;
  const [after = 0, ...othersAfter] = calls();
  t.ok(after - batches <= 1 + seconds / 2.5, `${after - batches} calls in ${seconds} s`);
  t.same(othersAfter, others);
  t.match(ben.conversation(id), { unread: 13 });
  t.same(ben.conversations()[0]?.updatedAt, ben.conversation(other)?.lastMessage?.createdAt);

  await eve.edit(`${other}-10`, 'edited');
  await until(() => lines()[1] === 'edited');
  await ana.remove(`${id}-13`);
  await until(() => lines()[0] === null);
  t.equal(ben.conversation(id)?.unread, 12, 'it shows that it is deleted');
  t.equal((await ben.loadLast(id)).length, 13);
  t.equal(ben.conversation(id)?.unread, 12);
});

test('last lines that were not listed are fetched when they are', async (t) => {
  const { ana, eve, ben, id, other, unread, calls } = await startHidden(t);
  await eve.post(other, 'unseen');
  await ana.edit(`${id}-3`, 'edited unseen');
  await unread(1, other);
  const [batches = 0] = calls();
  await ben.showOnly([id], { listed: [id, other] });
  await until(() => ben.conversation(other)?.lastMessage?.body === 'unseen');
  await until(() => ben.conversation(id)?.lastMessage?.body === 'edited unseen');
  t.equal(calls()[0], batches + 2, 'the line, and what has changed on screen');
});

test('an own message of another device is not unread once that is known', async (t) => {
  const { app, ben, id, unread } = await startHidden(t);
  const phone = await newDevice(t, app.url, 'ben');
  await phone.post(id, 'of the phone');
  await unread(4);
  await ben.showOnly([], { listed: [id] });
  await unread(3);
  await ben.showOnly([]);
  await phone.post(id, 'again');
  await unread(4);
  await phone.markRead(id, 2);
  await unread(1);
  t.match(ben.conversation(id), { lastSequence: 5, lastMessage: { body: 'again' } });
});

test('after an absence the conversations are fetched, and the messages of those alone that are looked at', async (t) => {
  const { app, ana, ben, id, other, eve, calls, store, tokens, proxy } = await startHidden(t);
  ben.close();
  const phone = await newDevice(t, app.url, 'ben');
  await ana.post(id, 'message 4');
  await phone.post(id, 'of the phone');
  await ana.edit(`${id}-2`, 'edited');
  await eve.post(other, 'from Eve');
  await phone.post(other, 'to Eve');
  const [batches, pages] = calls();
  await ben.connect();
  t.match(ben.conversation(id), { unread: 4, lastMessage: { body: 'of the phone' } });
  t.match(ben.conversation(other), { unread: 1, lastMessage: { body: 'to Eve' } });
  t.same(sequencesOf(ben.messages(id)), run(1, 3));
  t.same(calls().slice(0, 2), [batches, pages], 'no message was asked for');
  ben.close();

  await until(() => store.conversations.get(other)?.fetched.lastSequence === 2);
  const again = openClient(t, proxy.url, { tokens, store });
  await again.restore();
  t.match(again.conversation(id), { unread: 4, lastSequence: 5 });
  await again.showOnly([]);
  await again.connect();
  t.equal(again.messages(id)[1]?.body, 'message 2', 'the premise: it is kept as it was');
  t.match(again.conversation(id), { unread: 4, lastMessage: { body: 'of the phone' } });
  t.same(bodiesOf(await again.loadLast(id)), [
    'message 1',
    'edited',
    'message 3',
    'message 4',
    'of the phone',
  ]);
});

test('a conversation that is new is shown, and its messages are fetched when it is looked at', async (t) => {
  const { app, ben, calls, unread } = await startHidden(t);
  const kim = await newClient(t, app.url, 'kim');
  const [batches, pages] = calls();
  const { id } = await kim.openDirect('ben');
  await kim.post(id, 'Hello');
  await unread(1, id);
  t.same(calls().slice(0, 2), [batches, pages]);
  t.same(bodiesOf(await ben.loadLast(id)), ['Hello']);
});

test('of more than 500 messages that are missing the last are fetched', async (t) => {
  const { app, eve, ben, other, calls, unread, news } = await startHidden(t);
  await fillConversation(app.db, other, ['eve'], 520);
  await eve.post(other, 'message 521');
  await unread(521, other);
  const resets: string[] = [];
  ben.on('messagesReset', (conversationId) => resets.push(conversationId));
  const [, pages = 0] = calls();
  t.same(sequencesOf(await ben.loadLast(other)), run(422, 521));
  t.ok(Number(calls()[1]) - pages <= 2, 'what was said last, and what came before what was held');
  t.same(sequencesOf(news), run(422, 521));
  t.match(ben.conversation(other), { unread: 521, lastSequence: 521 });
  t.same(resets, [other]);
  t.equal(ben.hasOlder(other), true);
});
