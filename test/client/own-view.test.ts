import { test } from 'tap';
import { startApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { recording } from '../support/recorder.ts';
import { until } from '../support/until.ts';
import { countingFetch, newClient, newDevice, newsOf, run, sequencesOf } from './support/client.ts';
import { heldFetch } from './support/held-fetch.ts';
import { random } from './support/random.ts';
import { unreliableProxy } from './support/unreliable-proxy.ts';

/** Ana, who wrote `count` messages, and ben on two devices, which hold them all. */
async function talk(t: Scope, count: number, fetch?: typeof globalThis.fetch) {
  const { url } = await startApp(t);
  const [ana, ben] = await Promise.all([newClient(t, url, 'ana'), newClient(t, url, 'ben')]);
  const { id } = await ana.openDirect('ben');
  for (const n of run(1, count)) await ana.post(id, `message ${n}`);
  const phone = await newDevice(t, url, 'ben', fetch ? { fetch } : {});
  await Promise.all([ana, ben, phone].map((client) => client.connect()));
  await Promise.all([ben, phone].map((client) => client.loadLast(id)));
  return { url, id, ana, ben, phone };
}

test('what is read on one device is read on the other', async (t) => {
  const { id, ana, ben, phone } = await talk(t, 6);
  t.equal(ben.conversation(id)?.unread, 6);
  const marking = ben.markRead(id, 4);
  t.match(ben.conversation(id), { readSequence: 4, unread: 2 }, 'at once');
  await marking;
  await until(() => phone.conversation(id)?.readSequence === 4);
  t.equal(phone.conversation(id)?.unread, 2);
  await phone.markRead(id);
  await until(() => ben.conversation(id)?.unread === 0);
  await ana.post(id, 'message 7');
  await until(() => [ben, phone].every((device) => device.conversation(id)?.unread === 1));
  await ben.markRead(id, 2);
  t.equal(ben.conversation(id)?.readSequence, 6, 'never back');
  await until(async () => (await ben.api.getConversation(id)).readSequence === 6);
});

test('others hear that somebody has read, and list the members again', async (t) => {
  const { id, ana, ben } = await talk(t, 2);
  const concerned: string[] = [];
  ana.on('members', (conversationId) => concerned.push(conversationId));
  await ben.markRead(id);
  await until(async () => {
    const { members } = await ana.listMembers(id);
    return members.some(({ username, readSequence }) => username === 'ben' && readSequence === 2);
  });
  await until(() => concerned.length > 0);
  t.ok(concerned.every((one) => one === id));
});

test('of a marker that moves quickly the server is told the last value, and one at a time', async (t) => {
  const calls = heldFetch();
  const sent: unknown[] = [];
  let underWay = 0;
  let most = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (init?.method !== 'PUT') return calls.fetch(input, init);
    sent.push(init.body);
    underWay += 1;
    most = Math.max(most, underWay);
    return calls.fetch(input, init).finally(() => {
      underWay -= 1;
    });
  };
  const { id, ben, phone } = await talk(t, 12, fetch);
  calls.hold('PUT');
  for (const sequence of run(1, 11)) await phone.markRead(id, sequence);
  await until(() => calls.count === 1);
  await phone.markRead(id, 12);
  calls.release();
  await until(() => ben.conversation(id)?.readSequence === 12);
  t.match(phone.conversation(id), { readSequence: 12, unread: 0 });
  t.same(sent, ['{"sequence":1}', '{"sequence":12}']);
  t.equal(most, 1);
});

test('what is read while the server is away is told when it is back; what it refuses is taken back', async (t) => {
  let isAway = false;
  let isRefused = false;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const isMarker = String(input).endsWith('/read');
    if (isMarker && isAway) throw new TypeError('unreachable');
    if (isMarker && isRefused) return Response.json({ code: 'no' }, { status: 403 });
    return recording.fetch(input, init);
  };
  const { id, ben, phone } = await talk(t, 6, fetch);
  isAway = true;
  await phone.markRead(id, 5);
  t.equal(phone.conversation(id)?.unread, 1);
  phone.close();
  isAway = false;
  await phone.connect();
  await until(() => ben.conversation(id)?.readSequence === 5);
  isRefused = true;
  await phone.markRead(id);
  t.equal(phone.conversation(id)?.unread, 0);
  await until(() => phone.conversation(id)?.unread === 1);
  t.equal(phone.conversation(id)?.readSequence, 5);
});

test('one’s own preferences follow to the other device, and a message ends archiving', async (t) => {
  const { id, ana, ben, phone } = await talk(t, 2);
  t.match(await ben.setPreferences(id, { muted: true, archived: true }), { archived: true });
  t.match(ben.conversation(id), { muted: true, archived: true }, 'at once');
  await until(() => phone.conversation(id)?.archived === true);
  t.equal(ana.conversation(id)?.muted, false);
  t.same(
    phone.conversations().map((one) => one.id),
    [id],
  );
  await ana.post(id, 'are you there?');
  await until(() => [ben, phone].every((device) => device.conversation(id)?.archived === false));
  t.equal(phone.conversation(id)?.muted, true);
});

test('what is cleared is gone on both devices, and stays so', async (t) => {
  const { id, ana, ben, phone } = await talk(t, 20);
  const resets: string[] = [];
  phone.on('messagesReset', (conversationId) => resets.push(conversationId));
  t.equal(phone.hasOlder(id), true, 'the premise');
  await ben.setPreferences(id, { clearedThrough: 18 });
  t.same(sequencesOf(ben.messages(id)), [19, 20], 'at once');
  await until(() => phone.messages(id).length === 2);
  t.same(resets, [id]);
  t.equal(phone.hasOlder(id), false);
  t.same(await phone.loadOlder(id), []);
  t.match(phone.conversation(id), { unread: 2, clearedThrough: 18 });
  await ana.edit(`${id}-3`, 'nobody sees it here');
  await ana.post(id, 'message 21');
  await until(() => phone.messages(id).length === 3);
  t.equal(ana.messages(id).length, 21, 'to ana nothing happened');
});

test('what was cleared while a client was away is gone when it is back', async (t) => {
  const { id, ana, ben, phone } = await talk(t, 8);
  phone.close();
  await ana.post(id, 'message 9');
  await ben.setPreferences(id, { clearedThrough: 9 });
  await phone.connect();
  t.same(phone.messages(id), []);
  t.match(phone.conversation(id), { unread: 0, lastMessage: null, lastSequence: 9 });
  const news = newsOf(phone);
  await ana.post(id, 'message 10');
  await until(() => news.length === 1);
});

test('many archived conversations are read from a list too', async (t) => {
  const { url } = await startApp(t);
  const ben = await newClient(t, url, 'ben');
  for (const n of run(1, 14)) {
    const { id } = await ben.createRoom({ title: `Room ${n}` });
    if (n > 2) await ben.setPreferences(id, { archived: true });
  }
  const calls = countingFetch();
  const phone = await newDevice(t, url, 'ben', { fetch: calls.fetch });
  await phone.connect();
  t.equal(phone.conversations().length, 14);
  t.equal(phone.conversations().filter(({ archived }) => archived).length, 12);
  t.equal(calls.of('GET /conversations'), 2);
  t.equal(calls.of('GET /conversations/#'), 0);
});

test('a conversation of which one hears again and again is fetched now and then, and at last', async (t) => {
  const { url } = await startApp(t);
  const proxy = await unreliableProxy(t, url, random(1));
  const ana = await newClient(t, url, 'ana');
  const calls = countingFetch();
  const phone = await newDevice(t, proxy.url, 'ana', { fetch: calls.fetch });
  const { id } = await ana.createRoom({ title: 'before' });
  await phone.connect();
  const before = calls.of('GET /conversations/#');
  for (let n = 0; n < 50; n += 1) {
    proxy.say(JSON.stringify({ event: 'conversation.updated', id }));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await ana.editRoom(id, { title: 'after' });
  await until(() => phone.conversation(id)?.title === 'after');
  const fetches = calls.of('GET /conversations/#') - before;
  t.ok(fetches >= 2 && fetches <= 5, `${fetches} in half a second`);
});

test('a marker of what is not there changes nothing', async (t) => {
  const { id, ben } = await talk(t, 3);
  await ben.markRead('999999', 1);
  await ben.markRead('999999');
  await t.rejects(ben.api.markRead('999999', 1), { status: 404, code: 'not_found' });
  t.same(
    ben.conversations().map((one) => [one.id, one.unread]),
    [[id, 3]],
  );
});
