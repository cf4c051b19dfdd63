import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { bodiesOf, newClient, newsOf, run, sequencesOf } from './support/client.ts';
import { cuttingRelay } from './support/cutting-relay.ts';
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

test('a socket that is cut in the middle of a frame loses nothing', async (t) => {
  const app = await startApp(t);
  const relay = await cuttingRelay(t, app.url);
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, relay.url, 'ben');
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  const news = newsOf(ben);
  for (let n = 1; n <= 3; n += 1) {
    relay.cutNext = true;
    await ana.post(id, `Half of this is announced ${n}`);
    await until(() => relay.cuts === n);
    await ana.post(id, `And this while Ben is away ${n}`);
    await until(() => news.length === 2 * n);
  }
  t.same(sequencesOf(news), run(1, 6));
  t.same(ben.messages(id), (await ben.api.listMessages(id, { limit: 100 })).messages);
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

test('a gap that a lost announcement leaves is filled when the next one shows it', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, proxy.url, 'ben');
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  proxy.faults = { ...NO_FAULTS, lostFrames: 100 };
  await ana.post(id, 'unheard');
  await ana.post(id, 'unheard too');
  proxy.faults = NO_FAULTS;
  await ana.post(id, 'heard');
  await until(() => ben.messages(id).length === 3);
  t.same(bodiesOf(ben.messages(id)), ['unheard', 'unheard too', 'heard']);
});

test('a message that cannot be fetched at once is fetched later', async (t) => {
  const app = await startApp(t);
  let failures = 0;
  const failsTwice: typeof fetch = async (input, init) => {
    const isBatch = String(input).includes('/messages?ids=');
    if (!isBatch || failures === 2) return fetch(input, init);
    failures += 1;
    return new Response('', { status: 503 });
  };
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, app.url, 'ben', { fetch: failsTwice });
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  await ana.post(id, 'once more');
  await until(() => ben.messages(id).length === 1);
  t.equal(failures, 2);
  t.equal(ben.state, 'live');
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
