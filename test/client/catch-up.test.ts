import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { newClient, newDevice, newsOf, run, sequencesOf } from './support/client.ts';
import { heldFetch } from './support/held-fetch.ts';
import { random } from './support/random.ts';
import { NO_FAULTS, unreliableProxy } from './support/unreliable-proxy.ts';

test('what is announced before /sync has answered is fetched after it', async (t) => {
  const app = await startApp(t);
  const ana = await newClient(t, app.url, 'ana');
  const { id } = await ana.openDirect('ana');
  const calls: string[] = [];
  const slowSync: typeof fetch = async (input, init) => {
    const path = new URL(String(input)).pathname.replace('/api/v1', '');
    if (path === '/sync') await ana.post(id, 'early').then(() => sleep(100));
    const answer = await fetch(input, init);
    calls.push(path);
    return answer;
  };
  const device = await newDevice(t, app.url, 'ana', { fetch: slowSync });
  await device.connect();
  t.same(calls.slice(0, 3), ['/auth/login', '/sync', `/conversations/${id}`]);
  t.match(device.conversation(id), { lastMessage: { body: 'early' } });
});

test('what was fetched before /sync was asked, and changed before it answered, is fetched again', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const { id } = await ana.openDirect('ana');
  const calls = heldFetch();
  let syncs = 0;
  const counting: typeof fetch = async (input, init) => {
    const answer = await calls.fetch(input, init);
    if (String(input).endsWith('/sync')) syncs += 1;
    return answer;
  };
  const device = await newDevice(t, proxy.url, 'ana', { fetch: counting });
  await device.connect();
  calls.hold('GET /messages?ids=');
  await ana.post(id, 'early');
  await until(() => calls.count === 1);
  proxy.faults = { ...NO_FAULTS, lostFrames: 100 };
  await ana.edit(`${id}-1`, 'edited');
  proxy.say(JSON.stringify({ event: 'resync' }));
  await until(() => syncs === 2);
  calls.release();
  await until(() => device.messages(id)[0]?.body === 'edited');
});

/** Messages as if they had been posted, many at a time. */
async function fill(app: TestApp, conversationId: string, sequences: number[]): Promise<void> {
  const { id } = await app.db
    .selectFrom('users')
    .select('id')
    .where('username', '=', 'ana')
    .executeTakeFirstOrThrow();
  const rows = sequences.map((sequence) => ({
    conversation_id: Number(conversationId),
    sequence,
    sender_id: id,
    body: `message ${sequence}`,
    version: 1,
    created_at: sequence,
  }));
  await app.db.insertInto('messages').values(rows).execute();
  await app.db
    .updateTable('conversations')
    .set({ last_sequence: sequences.at(-1) ?? 0 })
    .where('id', '=', Number(conversationId))
    .execute();
}

test('an absence that /sync answers in several parts is made up for', async (t) => {
  const app = await startApp(t);
  const ana = await newClient(t, app.url, 'ana');
  const names = ['ben', 'eve', 'ida', 'kim', 'ana'];
  for (const name of names.slice(0, 4)) await newClient(t, app.url, name);
  const ids = await Promise.all(names.map(async (name) => (await ana.openDirect(name)).id));
  await ana.connect();
  ana.close();
  for (const id of ids) await fill(app, id, run(1, 400));
  await ana.connect();
  for (const id of ids) t.same(sequencesOf(ana.messages(id)), run(1, 400));
});

test('after an absence of more than 500 messages the last ones are held, and older ones can be read', async (t) => {
  const app = await startApp(t);
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, app.url, 'ben');
  const news = newsOf(ben);
  const resets: string[] = [];
  ben.on('messagesReset', (conversationId) => resets.push(conversationId));
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  await ana.post(id, 'message 1');
  await until(() => news.length === 1);
  ben.close();
  await fill(app, id, run(2, 520));
  await ben.connect();
  t.same(resets, [id]);
  t.same(sequencesOf(news), [1, ...run(421, 520)]);
  t.same(sequencesOf(ben.messages(id)), run(421, 520));
  while (ben.hasOlder(id)) await ben.loadOlder(id);
  t.same(sequencesOf(ben.messages(id)), run(1, 520));
});

test('a server that was set back to a backup is followed', async (t) => {
  const app = await startApp(t);
  const ana = await newClient(t, app.url, 'ana');
  const { id } = await ana.openDirect('ana');
  await ana.connect();
  for (const n of run(1, 20)) await ana.post(id, `message ${n}`);
  ana.close();
  await app.db.deleteFrom('messages').where('sequence', '>', 10).execute();
  await app.db.updateTable('conversations').set({ last_sequence: 10 }).execute();
  await ana.connect();
  t.equal(ana.messages(id).length, 10);
  await ana.post(id, 'another message 11');
  t.match(ana.messages(id).at(-1), { sequence: 11, body: 'another message 11' });
});

const leave = (app: TestApp, username: string) =>
  app.db
    .deleteFrom('members')
    .where(
      'user_id',
      'in',
      app.db.selectFrom('users').select('id').where('username', '=', username),
    )
    .execute();

test('a conversation that the user left while away is gone', async (t) => {
  const app = await startApp(t);
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, app.url, 'ben');
  const removed: string[] = [];
  ben.on('conversationRemoved', (id) => removed.push(id));
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  t.equal(ben.conversations().length, 1);
  await leave(app, 'ben');
  await ana.post(id, 'not for ben');
  ben.close();
  await ben.connect();
  t.same(removed, [id]);
  t.same([...ben.conversations(), ...ben.messages(id)], []);
});

test('a message that is announced but may not be read shows that the user is no longer a member', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, proxy.url, 'ben');
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  await leave(app, 'ben');
  proxy.say(JSON.stringify({ event: 'message.created', id: `${id}-1` }));
  await until(() => ben.conversations().length === 0);
  t.equal(ben.state, 'live');
});

test('a frame that was lost on the way is made up for, though nobody says another word', async (t) => {
  const app = await startApp(t, { env: { HEARTBEAT_SECONDS: '1' } });
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const { id } = await ana.openDirect('ana');
  const device = await newDevice(t, proxy.url, 'ana');
  await device.connect();
  proxy.faults = { ...NO_FAULTS, lostFrames: 100 };
  await ana.post(id, 'unheard');
  t.equal(device.conversation(id)?.lastSequence, 0);
  proxy.faults = NO_FAULTS;
  await until(() => device.conversation(id)?.lastMessage?.body === 'unheard');
  t.equal(device.state, 'live', 'over the same socket');
});
