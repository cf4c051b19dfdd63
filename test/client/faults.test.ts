import { test } from 'tap';
import { freePort } from '../../scripts/support/free-port.ts';
import type { Doorbell, Message } from '../../src/client/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { emptyStore } from '../support/databases.ts';
import { startServer } from '../support/process.ts';
import { recordBody } from '../support/recorder.ts';
import { until } from '../support/until.ts';
import { bodiesOf, newClient, newDevice, newsOf, run, sequencesOf } from './support/client.ts';
import { random } from './support/random.ts';
import { NO_FAULTS, unreliableProxy } from './support/unreliable-proxy.ts';

test('a socket that is cut is opened again, and what was missed in between arrives', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, proxy.url, 'ben');
  const news = newsOf(ben);
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  for (const n of run(1, 5)) {
    await ana.post(id, `before cut ${n}`);
    proxy.cutSockets();
    await ana.post(id, `after cut ${n}`);
    await until(() => news.length === 2 * n);
  }
  t.same(sequencesOf(news), run(1, 10));
  await until(() => ben.state === 'live');
});

test('a socket that went silent without closing is given up', async (t) => {
  const app = await startApp(t, { env: { HEARTBEAT_SECONDS: '1' } });
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, proxy.url, 'ben');
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  proxy.isSilent = true;
  await ana.post(id, 'does anybody hear me?');
  await until(() => ben.state === 'offline');
  proxy.isSilent = false;
  await until(() => ben.messages(id).length === 1);
  t.match(ben.messages(id), [{ body: 'does anybody hear me?' }]);
});

test('noise, unknown frames and announcements of what is not there change nothing', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, proxy.url, 'ben');
  const { id } = await ana.openDirect('ben');
  const { id: notes } = await ana.openDirect('ana');
  await ana.post(notes, 'not for ben');
  await ben.connect();
  const before = ben.conversations();
  const announced = [
    `${id}-7`,
    `${id}-9007199254740991`,
    `${notes}-1`,
    '99-1',
    'x',
    `${id}-0`,
    `${id}--1`,
  ];
  for (const messageId of announced)
    proxy.say(JSON.stringify({ event: 'message.created', id: messageId }));
  for (const conversationId of [id, notes, '99']) {
    proxy.say(JSON.stringify({ event: 'conversation.removed', id: conversationId }));
  }
  for (const noise of ['', '{', 'null', '[]', '{"event":5}', '{"event":"user.updated","id":"ana"}'])
    proxy.say(noise);
  await ana.post(id, 'hello');
  await until(() => ben.messages(id).length === 1);
  t.match(ben.messages(id), [{ sequence: 1, body: 'hello' }]);
  proxy.say(JSON.stringify({ event: 'resync' }));
  await new Promise<void>((resolve) => ben.on('synced', () => resolve()));
  t.equal(ben.state, 'live');
  t.match(
    ben.conversations(),
    [{ ...before[0], lastSequence: 1, lastMessage: { body: 'hello' }, unread: 1 }].map(
      ({ updatedAt: _, ...rest }) => rest,
    ),
  );
});

test('posts made while the server is away are stored once and in order when it is back', async (t) => {
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'fatal',
    ...(await emptyStore(t, 'sqlite')),
    PORT: String(await freePort()),
  };
  const first = await startServer(t, env);
  const ana = await newClient(t, first.url, 'ana');
  const ben = await newClient(t, first.url, 'ben');
  const news = newsOf(ben);
  const { id } = await ana.openDirect('ben');
  await Promise.all([ana.connect(), ben.connect()]);
  const posting = run(1, 30).map((n) => ana.post(id, `message ${n}`));
  t.equal(ana.pending(id).length, 30);
  await posting[4];
  await first.stop('SIGKILL');
  const later = run(31, 35).map((n) => ana.post(id, `message ${n}`));
  await until(() => ana.state === 'offline');
  await startServer(t, env);
  const posted = await Promise.all([...posting, ...later]);
  t.same(sequencesOf(posted), run(1, 35));
  t.same(
    bodiesOf(posted),
    run(1, 35).map((n) => `message ${n}`),
  );
  t.same(ana.pending(id), []);
  await until(() => news.length === 35);
  t.same(news, posted);
  t.same(ana.messages(id), posted);
});

test('a post whose answer is lost is repeated with its key and stored once', async (t) => {
  const app = await startApp(t);
  let lost = 0;
  const losesAnswers: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (init?.method !== 'POST' || !String(input).endsWith('/messages') || lost >= 2) return answer;
    lost += 1;
    throw new TypeError('connection reset');
  };
  const ana = await newClient(t, app.url, 'ana', { fetch: losesAnswers });
  const { id } = await ana.openDirect('ana');
  await Promise.all([ana.post(id, 'one'), ana.post(id, 'two')]);
  t.equal(lost, 2);
  t.same(bodiesOf((await ana.api.listMessages(id)).messages), ['one', 'two']);
});

test('the wait that the server asks for is kept', async (t) => {
  const app = await startApp(t);
  const attempts: number[] = [];
  const isTooFast: typeof fetch = async (input, init) => {
    if (!String(input).endsWith('/messages')) return fetch(input, init);
    attempts.push(Date.now());
    const headers = { 'retry-after': '1' };
    return attempts.length === 1
      ? new Response('{}', { status: 429, headers })
      : fetch(input, init);
  };
  const ana = await newClient(t, app.url, 'ana', { fetch: isTooFast });
  const { id } = await ana.openDirect('ana');
  await ana.post(id, 'patience');
  const [first = 0, second = 0] = attempts;
  t.ok(second - first >= 990);
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

/** What the client holds of its conversation against what the server has. */
async function compare(client: Doorbell, id: string) {
  while (client.hasOlder(id)) await client.loadOlder(id);
  const fresh: Message[] = [];
  for (let hasAfter = true; hasAfter; ) {
    const page = await client.api.listMessages(id, { after: fresh.length, limit: 100 });
    fresh.push(...page.messages);
    hasAfter = page.hasAfter;
  }
  return { held: client.messages(id), fresh };
}

for (const seed of run(1, 3)) {
  test(`with frames, answers and connections lost at random, all ends as if read afresh (seed ${seed})`, async (t) => {
    const app = await startApp(t);
    const chance = random(seed);
    const proxy = await unreliableProxy(t, app.url, chance);
    const clients = await Promise.all(['ana', 'ben'].map((name) => newClient(t, app.url, name)));
    const { id = '' } = (await clients[0]?.openDirect('ben')) ?? {};
    const devices = await Promise.all(
      ['ana', 'ben', 'ana'].map((name) =>
        newDevice(t, proxy.url, name, { timeoutMilliseconds: 2_000 }),
      ),
    );
    const news = devices.map(newsOf);
    await Promise.all(devices.map((device) => device.connect()));

    proxy.faults = {
      lostRequests: 10,
      lostAnswers: 10,
      lostFrames: 20,
      repeatedFrames: 20,
      delay: 50,
    };
    const posts = run(1, 120).map((n) => `message ${n} of the storm`);
    for (const body of posts) recordBody(body);
    const posting = posts.map((body, n) => devices[n % 2]?.post(id, body));
    const cutting = setInterval(() => chance.percent(30) && proxy.cutSockets(), 100);
    const posted = await Promise.all(posting);
    clearInterval(cutting);
    proxy.faults = NO_FAULTS;
    proxy.cutSockets();

    for (const [index, device] of devices.entries()) {
      await until(() => device.state === 'live' && (news[index]?.length ?? 0) >= posts.length);
      const { held, fresh } = await compare(device, id);
      t.same(held, fresh);
      t.same(
        sequencesOf(news[index] ?? []),
        run(1, posts.length),
        'each message was news once, in order',
      );
    }
    t.same([...bodiesOf(posted as Message[])].sort(), [...posts].sort());
    t.same(new Set(posted.map((message) => message?.sequence)).size, posts.length);
  });
}
