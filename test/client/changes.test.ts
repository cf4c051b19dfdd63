import { test } from 'tap';
import { startApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { bodiesOf, countingFetch, newClient, newDevice, newsOf, run } from './support/client.ts';
import { heldFetch } from './support/held-fetch.ts';
import { random } from './support/random.ts';
import { NO_FAULTS, unreliableProxy } from './support/unreliable-proxy.ts';

/** Ana and ben, who both hold the `count` messages that ana wrote. */
async function talk(t: Scope, count: number, env: Record<string, string> = {}) {
  const app = await startApp(t, { env });
  const [ana, ben] = await Promise.all([
    newClient(t, app.url, 'ana'),
    newClient(t, app.url, 'ben'),
  ]);
  const { id } = await ana.openDirect('ben');
  await Promise.all([ana.connect(), ben.connect()]);
  for (const n of run(1, count)) await ana.post(id, `message ${n}`);
  await until(() => ben.messages(id).length === count);
  return { app, ana, ben, id };
}

test('edits, reactions and deletions are held by all, and each is announced once', async (t) => {
  const { ana, ben, id } = await talk(t, 3);
  const news = newsOf(ben);
  await ana.edit(`${id}-2`, 'edited');
  t.equal(ana.messages(id)[1]?.body, 'edited', 'at once');
  await ben.react(`${id}-2`, '👍');
  t.match(ben.messages(id)[1]?.reactions, [{ emoji: '👍', count: 1, mine: true }], 'at once');
  await until(() => ana.messages(id)[1]?.reactions.length === 1);
  t.match(ana.messages(id)[1]?.reactions, [{ emoji: '👍', count: 1, mine: false }]);
  await ben.unreact(`${id}-2`, '👍');
  t.same(ben.messages(id)[1]?.reactions, [], 'at once');
  await ana.remove(`${id}-3`);
  t.match(ana.messages(id)[2], { body: null, reactions: [] }, 'at once');
  await until(() => ben.messages(id)[2]?.body === null);
  t.match(ben.conversation(id), { unread: 2, lastMessage: { body: null } });
  await until(() => ana.messages(id)[1]?.version === 4);
  t.same(ana.messages(id)[1], { ...ben.messages(id)[1] });
  const announced = news.map((message) => `${message.id} ${message.version}`);
  t.equal(new Set(announced).size, announced.length);
  await t.rejects(ben.edit(`${id}-1`, 'mine now'), { status: 403, code: 'not_the_sender' });
});

test('of a message that is too old to be held, it is told that it has changed', async (t) => {
  const { app, ana, id } = await talk(t, 5);
  const tablet = await newDevice(t, app.url, 'ben');
  await tablet.connect();
  await tablet.post(id, 'message 6');
  const changed: string[] = [];
  tablet.on('messageChanged', (messageId) => changed.push(messageId));
  t.same(bodiesOf(tablet.messages(id)), ['message 6'], 'the premise');
  await ana.edit(`${id}-2`, 'edited');
  await until(() => changed.length > 0);
  await ana.react(`${id}-6`, '👍');
  await until(() => tablet.messages(id)[0]?.reactions.length === 1);
  t.same(changed, [`${id}-2`]);
});

test('what changed while a client was away is changed when it is back, old messages too', async (t) => {
  const { ana, ben, id } = await talk(t, 5);
  ben.close();
  await ana.edit(`${id}-1`, 'edited');
  await ana.remove(`${id}-5`);
  await ana.post(id, 'message 6');
  await ana.edit(`${id}-6`, 'message 6, edited');
  await ben.connect();
  t.same(bodiesOf(ben.messages(id)), [
    'edited',
    'message 2',
    'message 3',
    'message 4',
    null,
    'message 6, edited',
  ]);
  t.equal(ben.conversation(id)?.unread, 5);
});

test('a change whose frame is lost is made up for with the next heartbeat', async (t) => {
  const { app, ana, id } = await talk(t, 2, { HEARTBEAT_SECONDS: '1' });
  const proxy = await unreliableProxy(t, app.url, random(1));
  const tablet = await newDevice(t, proxy.url, 'ben');
  await tablet.connect();
  await tablet.loadLast(id);
  proxy.faults = { ...NO_FAULTS, lostFrames: 100 };
  await ana.edit(`${id}-1`, 'edited');
  proxy.faults = NO_FAULTS;
  await until(() => tablet.messages(id)[0]?.body === 'edited');
  t.equal(tablet.state, 'live');
});

test('a page of old messages that was read before one of them changed shows it changed', async (t) => {
  const { app, ana, id } = await talk(t, 20);
  const calls = heldFetch();
  const tablet = await newDevice(t, app.url, 'ben', { fetch: calls.fetch });
  await tablet.connect();
  await tablet.loadLast(id);
  calls.hold('?before=6');
  const loading = tablet.loadOlder(id);
  await until(() => calls.count === 1);
  await ana.edit(`${id}-3`, 'edited');
  await ana.edit(`${id}-20`, 'edited too');
  await until(() => tablet.messages(id).at(-1)?.body === 'edited too');
  calls.release();
  await loading;
  await until(() => tablet.messages(id)[2]?.body === 'edited');
});

test('an answer that was given before a change never outlasts it', async (t) => {
  const { app, ana, id } = await talk(t, 1);
  const calls = heldFetch();
  const tablet = await newDevice(t, app.url, 'ben', { fetch: calls.fetch });
  await tablet.connect();
  calls.hold('GET /messages?ids=');
  await ana.post(id, 'message 2');
  await until(() => calls.count === 1);
  await ana.edit(`${id}-2`, 'edited');
  calls.release();
  await until(() => tablet.messages(id)[0]?.body === 'edited');
  calls.hold('PUT');
  const reacting = tablet.react(`${id}-2`, '👍');
  await until(() => calls.count === 1);
  await ana.edit(`${id}-2`, 'edited again');
  await until(() => tablet.messages(id)[0]?.body === 'edited again');
  calls.release();
  await reacting;
  t.match(tablet.messages(id)[0], { body: 'edited again', version: 4 });
});

test('of a conversation whose messages nobody looked at, the last one and the unread ones are right', async (t) => {
  const { app, ana, id } = await talk(t, 4);
  const calls = countingFetch();
  const tablet = await newDevice(t, app.url, 'ben', { fetch: calls.fetch });
  await tablet.connect();
  t.match(tablet.conversation(id), { unread: 4, lastMessage: { body: 'message 4' } });
  await ana.edit(`${id}-4`, 'edited');
  await until(() => tablet.conversation(id)?.lastMessage?.body === 'edited');
  await ana.remove(`${id}-2`);
  await until(() => tablet.conversation(id)?.unread === 3);
  t.same(tablet.messages(id), []);
  const before = calls.of('GET /messages');
  await ana.react(`${id}-1`, '👍');
  await ana.edit(`${id}-4`, 'edited again');
  await until(() => tablet.conversation(id)?.lastMessage?.body === 'edited again');
  t.equal(calls.of('GET /messages'), before, 'what is not held is not fetched');
});

test('a message that very many react to is fetched now and then, not for each of them', async (t) => {
  const { app, ana, id } = await talk(t, 1);
  const calls = countingFetch();
  const proxy = await unreliableProxy(t, app.url, random(1));
  const tablet = await newDevice(t, proxy.url, 'ben', { fetch: calls.fetch });
  await tablet.connect();
  await tablet.loadLast(id);
  const before = calls.of('GET /messages');
  const frame = JSON.stringify({ event: 'message.updated', id: `${id}-1` });
  for (let n = 0; n < 50; n += 1) {
    proxy.say(frame);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await ana.edit(`${id}-1`, 'the last word');
  await until(() => tablet.messages(id)[0]?.body === 'the last word');
  const fetches = calls.of('GET /messages') - before;
  t.ok(fetches >= 2 && fetches <= 5, `${fetches} in half a second`);
});

test('a client that stays connected does not fall behind the changes that /sync would tell one by one', async (t) => {
  const { app, ana, ben, id } = await talk(t, 2);
  const resets: string[] = [];
  ben.on('messagesReset', (conversationId) => resets.push(conversationId));
  const { version } = await ben.api.getConversation(id);
  const calls = countingFetch();
  const proxy = await unreliableProxy(t, app.url, random(1));
  const tablet = await newDevice(t, proxy.url, 'ben', { fetch: calls.fetch });
  await tablet.connect();
  t.equal(calls.of('POST /sync'), 1);
  const frame = JSON.stringify({ event: 'message.updated', id: `${id}-1` });
  for (let n = 0; n < 200; n += 1) proxy.say(frame);
  await until(() => calls.of('POST /sync') >= 2);
  await ana.edit(`${id}-1`, 'edited');
  t.ok((await ben.api.getConversation(id)).version > version);
  t.same(resets, []);
});
