import { test } from 'tap';
import { type Conversation, memoryTokenStore } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
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

test('two users talk, each sees the other’s messages and the own ones, once and in order', async (t) => {
  const { url } = await startApp(t);
  const [ana, ben] = await Promise.all([newClient(t, url, 'ana'), newClient(t, url, 'ben')]);
  const [heardByAna, heardByBen] = [newsOf(ana), newsOf(ben)];
  await Promise.all([ana.connect(), ben.connect()]);
  const { id } = await ana.openDirect('ben');
  await ana.post(id, 'ben, are you there?');
  await until(() => heardByBen.length === 1);
  await ben.post(id, 'I am', { replyTo: `${id}-1` });
  await ana.post(id, 'good');
  await until(() => heardByAna.length === 3 && heardByBen.length === 3);
  t.same(bodiesOf(heardByAna), ['ben, are you there?', 'I am', 'good']);
  t.same(heardByBen, heardByAna);
  t.equal(heardByAna[1]?.replyTo, `${id}-1`);
  t.same(ana.messages(id), heardByAna);
  t.same(ben.messages(id), heardByAna);
});

test('a conversation is held as the server shows it, without asking again for every message', async (t) => {
  // Who comes online is told in a second or two, and would be a call of its own.
  const { url } = await startApp(t, { env: { PRESENCE: 'off' } });
  const calls = countingFetch();
  const ana = await newClient(t, url, 'ana');
  const ben = await newClient(t, url, 'ben', { fetch: calls.fetch });
  const changes: Conversation[] = [];
  ben.on('conversation', (conversation) => changes.push(conversation));
  const { id } = await ana.openDirect('ben');
  const { id: notes } = await ben.openDirect('ben');
  await ben.connect();
  const before = calls.of('GET /conversations/#');
  for (const body of ['one', 'two', 'three']) await ana.post(id, body);
  await ben.post(notes, 'buy milk');
  await ben.post(id, 'four');
  await until(() => ben.conversation(id)?.lastSequence === 4);
  t.equal(calls.of('GET /conversations/#'), before);
  t.same(changes.at(-1), ben.conversation(id));
  t.match(ben.conversation(id), { unread: 3, lastMessage: { body: 'four' } });
  t.same(ben.conversations(), (await ben.api.listConversations()).conversations);
});

test('what was there before is held without messages until somebody looks at it', async (t) => {
  const { url } = await startApp(t);
  const ana = await newClient(t, url, 'ana');
  const ben = await newClient(t, url, 'ben');
  const { id } = await ana.openDirect('ben');
  for (const n of run(1, 40)) await ana.post(id, `message ${n}`);
  const news = newsOf(ben);
  await ben.connect();
  t.match(ben.conversation(id), { unread: 40, lastMessage: { body: 'message 40' } });
  t.same(ben.messages(id), []);
  t.equal(ben.hasOlder(id), true);

  t.same(sequencesOf(await ben.loadLast(id)), run(26, 40));
  await ana.post(id, 'message 41');
  await until(() => news.length === 1);
  t.same(sequencesOf(await ben.loadLast(id)), run(26, 41), 'a second look fetches nothing');
  const [page, samePage] = await Promise.all([ben.loadOlder(id), ben.loadOlder(id)]);
  t.same(sequencesOf(page), run(11, 25));
  t.equal(samePage, page);
  await ben.loadOlder(id);
  t.equal(ben.hasOlder(id), false);
  t.same(await ben.loadOlder(id), []);
  t.same(sequencesOf(ben.messages(id)), run(1, 41));
  t.same(sequencesOf(news), [41], 'old messages are no news');
});

test('the last messages of a conversation that is not held yet can be loaded without connecting', async (t) => {
  const { url } = await startApp(t);
  const ana = await newClient(t, url, 'ana');
  const { id } = await ana.openDirect('ana');
  await ana.post(id, 'a note');
  const other = await newDevice(t, url, 'ana');
  t.same(bodiesOf(await other.loadLast(id)), ['a note']);
  await t.rejects(other.loadLast('999'), { name: 'DoorbellError', status: 404, code: 'not_found' });
});

test('what happened while a client was closed is news when it connects again', async (t) => {
  const { url } = await startApp(t);
  const ana = await newClient(t, url, 'ana');
  const ben = await newClient(t, url, 'ben');
  const news = newsOf(ben);
  const states: string[] = [];
  ben.on('state', (state) => states.push(state));
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  await ana.post(id, 'one');
  await until(() => news.length === 1);
  ben.close();
  for (const n of run(2, 30)) await ana.post(id, `message ${n}`);
  const { id: notes } = await ana.openDirect('ana');
  await ana.post(notes, 'not for ben');
  await ben.connect();
  t.same(sequencesOf(news), run(1, 30));
  t.same(ben.messages(id), news);
  t.equal(ben.conversation(notes), undefined);
  t.same(states, ['connecting', 'live', 'offline', 'connecting', 'live']);
});

test('the unread messages of a conversation that turns up later are news', async (t) => {
  const { url } = await startApp(t);
  const ana = await newClient(t, url, 'ana');
  const ben = await newClient(t, url, 'ben');
  const news = newsOf(ben);
  await ben.connect();
  ben.close();
  const { id } = await ana.openDirect('ben');
  for (const n of run(1, 120)) await ana.post(id, `message ${n}`);
  await ben.connect();
  t.same(sequencesOf(news), run(21, 120), 'at most a hundred of them');
  t.equal(ben.hasOlder(id), true);
  await ben.loadOlder(id);
  t.same(sequencesOf(ben.messages(id)), run(6, 120));
});

test('many conversations are read from the list, and a burst of messages in batches', async (t) => {
  const { url } = await startApp(t);
  const calls = countingFetch();
  const ana = await newClient(t, url, 'ana');
  const ben = await newClient(t, url, 'ben', { fetch: calls.fetch });
  const others = await Promise.all(run(1, 12).map((n) => newClient(t, url, `user${n}`)));
  const { id } = await ana.openDirect('ben');
  for (const other of others) await other.openDirect('ben');
  await ben.connect();
  t.equal(ben.conversations().length, 13);
  t.equal(calls.of('GET /conversations/#'), 0);
  t.equal(calls.of('GET /conversations'), 1);
  ben.close();
  for (const n of run(1, 250)) await ana.post(id, `message ${n}`);
  await ben.connect();
  t.same(sequencesOf(ben.messages(id)), run(1, 250));
  t.equal(calls.of('GET /messages'), 3, 'a hundred at once');
});

test('a listener that throws is reported and disturbs nobody', async (t) => {
  const { url } = await startApp(t);
  const reported: unknown[] = [];
  const ana = await newClient(t, url, 'ana', { onListenerError: (error) => reported.push(error) });
  const failure = new Error('a bug of the application');
  const unsubscribe = ana.on('message', () => {
    throw failure;
  });
  const news = newsOf(ana);
  await ana.connect();
  const { id } = await ana.openDirect('ana');
  await ana.post(id, 'one');
  await until(() => news.length === 1);
  t.same(reported, [failure]);
  unsubscribe();
  await ana.post(id, 'two');
  await until(() => news.length === 2);
  t.equal(reported.length, 1);
});

test('users are found, and a refusal says why', async (t) => {
  const { url } = await startApp(t);
  const ana = await newClient(t, url, 'ana');
  await newClient(t, url, 'ben');
  t.match(await ana.api.listUsers({ search: 'be' }), {
    users: [{ username: 'ben' }],
    hasMore: false,
  });
  t.match(await ana.api.getUser('ben'), { username: 'ben', displayName: 'ben' });
  t.match(ana.me, { username: 'ana', email: 'ana@example.org' });
  await t.rejects(ana.openDirect('nobody'), { status: 404, code: 'not_found' });
  const { id } = await ana.openDirect('ben');
  await t.rejects(ana.post(id, ' '), {
    status: 400,
    code: 'invalid_input',
    errors: [{ path: 'body' }],
  });
  t.same(ana.pending(id), [], 'what was refused is not repeated');
  const key = 'chosen-by-the-program';
  const first = await ana.post(id, 'once', { key });
  t.same(await ana.post(id, 'once', { key }), first);
  await t.rejects(ana.post(id, 'else', { key }), { status: 422, code: 'idempotency_key_reused' });
});

test('messages are found, who reacted is listed, and somebody is blocked', async (t) => {
  const { url } = await startApp(t);
  const [ana, ben] = await Promise.all([newClient(t, url, 'ana'), newClient(t, url, 'ben')]);
  const { id } = await ana.openDirect('ben');
  await ana.post(id, 'The big bell is cast');
  const { id: small } = await ana.post(id, 'The small bell rings');
  await until(async () => (await ben.api.searchMessages({ q: 'bell' })).messages.length === 2);
  const { messages } = await ben.api.searchMessages({ q: 'small', conversation: id });
  t.match(messages, [{ id: small, highlights: [{ start: 4, end: 9 }] }]);
  await ben.react(small, '🔔');
  t.match(await ana.api.listReactors(small), { reactions: [{ emoji: '🔔', username: 'ben' }] });
  await ben.api.block('ana');
  t.match(await ben.api.listBlocked(), { users: [{ username: 'ana' }] });
  await t.rejects(ana.post(id, 'hello?'), { status: 403, code: 'blocked' });
  await ben.api.unblock('ana');
  await ana.post(id, 'hello again');
});

test('closing a client ends an attempt to connect, and one that has not begun', async (t) => {
  const { url } = await startApp(t);
  const tokens = memoryTokenStore();
  await newClient(t, url, 'ana', { tokens });
  const nowhere = openClient(t, 'http://127.0.0.1:9', { tokens });
  const states: string[] = [];
  nowhere.on('state', (state) => states.push(state));
  const connecting = nowhere.connect();
  await until(() => states.length >= 2);
  nowhere.close();
  await t.rejects(connecting, { code: 'closed' });
  t.same(states.slice(0, 2), ['connecting', 'offline']);

  const hasty = openClient(t, url, { tokens });
  const refused = t.rejects(hasty.connect(), { code: 'closed' });
  hasty.close();
  await refused;
  await hasty.connect();
  t.equal(hasty.state, 'live');
});
