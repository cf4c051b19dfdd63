import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { WebSocket } from 'ws';
import { lockConversation } from '../../src/core/dialect.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import { recordBody } from '../support/recorder.ts';
import { until } from '../support/until.ts';

const UNBOUNDED = { COMMANDS_PER_SECOND: '100000' };

/** What a case is tried with: ids of a conversation of ana's and of another's. */
interface Scene {
  own: string;
  foreign: string;
  blocked: string;
}

type Input = { conversationId: unknown; body?: unknown; key?: string; replyTo?: unknown };

const posts: Record<string, (scene: Scene) => Input> = {
  'a message': ({ own }) => ({ conversationId: own, body: 'a message like any other' }),
  'under a key': ({ own }) => ({ conversationId: own, body: 'under a key', key: 'k' }),
  'the same again': ({ own }) => ({ conversationId: own, body: 'under a key', key: 'k' }),
  'the key for another message': ({ own }) => ({
    conversationId: own,
    body: 'not what was said',
    key: 'k',
  }),
  'an unknown conversation': () => ({ conversationId: '999999', body: 'hello' }),
  'no id at all': () => ({ conversationId: '1e3', body: 'hello' }),
  'not a member': ({ foreign }) => ({ conversationId: foreign, body: 'hello' }),
  'a block': ({ blocked }) => ({ conversationId: blocked, body: 'hello' }),
  'an empty body': ({ own }) => ({ conversationId: own, body: ' \n ' }),
  'no body': ({ own }) => ({ conversationId: own }),
  'the longest body': ({ own }) => ({ conversationId: own, body: '👋'.repeat(4_000) }),
  'a longer body': ({ own }) => ({ conversationId: own, body: 'x'.repeat(4_001) }),
  NUL: ({ own }) => ({ conversationId: own, body: 'a\0b' }),
  'a lone surrogate': ({ own }) => ({ conversationId: own, body: 'a\ud800b' }),
  'a number for a body': ({ own }) => ({ conversationId: own, body: 7 }),
  'null for a body': ({ own }) => ({ conversationId: own, body: null }),
  'a key with a space': ({ own }) => ({ conversationId: own, body: 'hello', key: 'a b' }),
  'a key that is too long': ({ own }) => ({
    conversationId: own,
    body: 'hello',
    key: 'k'.repeat(129),
  }),
  'a reply to nothing': ({ own }) => ({ conversationId: own, body: 'hello', replyTo: `${own}-99` }),
  'a reply to a number': ({ own }) => ({ conversationId: own, body: 'hello', replyTo: 1 }),
  'a reply': ({ own }) => ({ conversationId: own, body: 'hello', replyTo: `${own}-1` }),
  'a reply to null': ({ own }) => ({ conversationId: own, body: 'hello', replyTo: null }),
  'fields that nobody knows': ({ own }) =>
    ({ conversationId: own, body: 'hello', created: false, sequence: 1, viewer: 1 }) as Input,
  'files, of which there are none': ({ own }) =>
    ({ conversationId: own, body: 'hello', attachments: ['1'] }) as Input,
};

const markers: Record<string, (scene: Scene) => { conversationId: string; sequence?: unknown }> = {
  'a marker': ({ own }) => ({ conversationId: own, sequence: 1 }),
  'one that is smaller': ({ own }) => ({ conversationId: own, sequence: 0 }),
  'one beyond the end': ({ own }) => ({ conversationId: own, sequence: 1_000 }),
  'a negative one': ({ own }) => ({ conversationId: own, sequence: -1 }),
  'half of one': ({ own }) => ({ conversationId: own, sequence: 1.5 }),
  'one as text': ({ own }) => ({ conversationId: own, sequence: '1' }),
  'none at all': ({ own }) => ({ conversationId: own }),
  'of a stranger': ({ foreign }) => ({ conversationId: foreign, sequence: 1 }),
  'of nothing': () => ({ conversationId: 'nothing', sequence: 1 }),
};

/** Ana with three conversations: one of hers, one of others, one with a block. */
async function setScene(app: TestApp): Promise<{ ana: TestUser; scene: Scene }> {
  const [ana, ben, eve] = [
    await app.signUp('ana'),
    await app.signUp('ben'),
    await app.signUp('eve'),
  ];
  const [own, foreign, blocked] = [
    await ana.open('ben'),
    await ben.open('eve'),
    await ana.open('eve'),
  ];
  await ana.postMessage(own, 'the first message');
  await eve.put('/users/ana/block');
  return { ana, scene: { own, foreign, blocked } };
}

for (const store of storeNames) {
  test(`a command answers as its REST call does, in ${store}`, async (t) => {
    const [rest, socket] = await Promise.all(
      [0, 1].map(async () => setScene(await startApp(t, { store, env: UNBOUNDED }))),
    );
    if (!rest || !socket) return;
    const commands = await socket.ana.socket();
    for (const [index, [name, make]] of Object.entries(posts).entries()) {
      const ref = `post ${index}`;
      const { conversationId, key, ...json } = make(rest.scene);
      const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
      recordBody(json.body);
      const expected = await rest.ana.post(`/conversations/${conversationId}/messages`, {
        json,
        headers,
      });
      const answer = await commands.command('message.create', ref, make(socket.scene));
      const { status, code, id } = { code: undefined, ...expected.body, status: expected.status };
      t.match(answer, { ref, status, ...(status < 300 ? { id } : { code }) }, name);
      t.equal(answer['detail'] === undefined, status < 300, `${name}: a detail with a problem`);
    }
    for (const [index, [name, make]] of Object.entries(markers).entries()) {
      const ref = `marker ${index}`;
      const { conversationId, ...json } = make(rest.scene);
      const expected = await rest.ana.put(`/conversations/${conversationId}/read`, { json });
      const answer = await commands.command('conversation.read', ref, make(socket.scene));
      const { status } = expected;
      t.match(answer, { status, ...(status < 300 ? {} : { code: expected.body.code }) }, name);
    }
    const seen = async ({ ana, scene }: typeof rest) => {
      const { body } = await ana.get(`/conversations/${scene.own}`);
      const bodies = (await ana.readAll(scene.own)).map((message) => message.body);
      return { bodies, sequence: body.readSequence, version: body.version };
    };
    t.same(await seen(socket), await seen(rest), 'and does the same');
  });

  test(`a burst on one socket takes one connection and keeps its order, in ${store}`, async (t) => {
    const app = await startApp(t, {
      store,
      env: { DATABASE_POOL_SIZE: '2', DATABASE_QUEUE_LIMIT: '1', COMMANDS_PER_SECOND: '50' },
    });
    const { ana, scene } = await setScene(app);
    const { socket, frames, waitFor } = await ana.socket();
    const refs = Array.from({ length: 50 }, (_, n) => `r${n}`);
    for (const ref of refs) {
      socket.send(
        JSON.stringify({
          command: 'message.create',
          ref,
          conversationId: scene.own,
          body: `this is ${ref}`,
        }),
      );
    }
    await waitFor(({ ref }) => ref === refs.at(-1), 10_000);
    const answers = frames.filter((frame) => 'ref' in frame);
    t.same(
      answers,
      refs.map((ref, n) => ({ ref, status: 201, id: `${scene.own}-${n + 2}` })),
    );
    t.same(
      (await ana.readAll(scene.own)).slice(1).map(({ body }) => body),
      refs.map((ref) => `this is ${ref}`),
    );
  });
}

test('at a shutdown what is under way is finished, and what waits is not begun', async (t) => {
  const app = await startApp(t, { store: 'mysql' });
  const ana = await app.signUp('ana');
  const id = await ana.open('ana');
  const next = await startApp(t, { env: app.env });
  const socket = await ana.socket();
  const held = await next.db.startTransaction().execute();
  await lockConversation(held, Number(id));
  for (const body of ['the last words', 'and some more']) {
    const frame = { command: 'message.create', ref: body.slice(0, 3), conversationId: id, body };
    socket.socket.send(JSON.stringify(frame));
  }
  await sleep(200);
  const closing = app.close();
  t.equal(await socket.closed, 1012);
  await sleep(200);
  await held.rollback().execute();
  await closing;
  t.match(await ana.at(next).readAll(id), [{ body: 'the last words' }]);
  t.equal((await ana.at(next).readAll(id)).length, 1);
});

test('a command is refused from the moment in which the session has ended', async (t) => {
  const app = await startApp(t);
  const { ana, scene } = await setScene(app);
  const socket = await ana.socket();
  // Behind the back of the bus, as in a process that has not heard of it.
  await app.db.updateTable('sessions').set({ ended_at: 1 }).execute();
  for (const ref of ['1', '2', '3']) {
    socket.socket.send(
      JSON.stringify({ command: 'message.create', ref, conversationId: scene.own, body: 'late' }),
    );
  }
  t.equal(await socket.closed, 4403);
  t.match(socket.frames.slice(1), [{ ref: '1', status: 401, code: 'unauthenticated' }]);
  const { count } = await app.db
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  t.equal(Number(count), 1, 'nothing was posted');
});

test('a command is refused once the token has ended', async (t) => {
  const app = await startApp(t, { env: { ACCESS_TOKEN_SECONDS: '2', ...UNBOUNDED } });
  const ana = await app.signUp('ana');
  const id = await ana.open('ana');
  const socket = await ana.socket();
  const { exp } = JSON.parse(atob(ana.accessToken.split('.')[1] ?? ''));
  let n = 0;
  const timer = setInterval(() => {
    n += 1;
    socket.socket.send(
      JSON.stringify({ command: 'message.create', ref: `${n}`, conversationId: id, body: `${n}` }),
    );
  }, 20);
  t.teardown(() => clearInterval(timer));
  t.equal(await socket.closed, 4401);
  clearInterval(timer);
  const rows = await app.db.selectFrom('messages').select('created_at').execute();
  t.ok(rows.length > 10, 'the premise');
  const latest = Math.max(...rows.map((row) => row.created_at));
  t.ok(latest < exp * 1_000 + 15, `the last one ${latest - exp * 1_000} ms after the end`);
});

test('frames that come before ready are answered after it', async (t) => {
  const app = await startApp(t);
  const { ana, scene } = await setScene(app);
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/api/v1/socket`, ['doorbell.v1'], {
    headers: { authorization: `Bearer ${ana.accessToken}` },
  });
  t.teardown(() => socket.terminate());
  const frames: Record<string, unknown>[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  socket.send('nonsense');
  socket.send(
    JSON.stringify({
      command: 'message.create',
      ref: '1',
      conversationId: scene.own,
      body: 'at once',
    }),
  );
  await until(() => frames.length >= 4);
  t.match(frames[0], { event: 'ready' });
  t.match(
    frames.filter((frame) => 'ref' in frame),
    [
      { ref: null, status: 400 },
      { ref: '1', status: 201 },
    ],
  );
  t.ok(frames.some((frame) => frame['event'] === 'message.created'));
});

test('names that every object knows are no commands', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const socket = await ana.socket();
  const names = [
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"hasOwnProperty"',
    '["token.renew"]',
    '{"toString":1}',
    '{"toString":null,"valueOf":null}',
    'null',
    '7',
  ];
  for (const [index, name] of names.entries()) {
    const ref = `r${index}`;
    socket.socket.send(`{"__proto__":{"command":"token.renew"},"command":${name},"ref":"${ref}"}`);
    const answer = await socket.waitFor((frame) => frame['ref'] === ref);
    t.match(answer, { status: 400, code: 'invalid_input', detail: /command/ }, name);
  }
  t.equal(({} as { command?: string }).command, undefined);
});

test('a flood of commands is stopped, and harms nobody else', async (t) => {
  const app = await startApp(t, { env: { COMMANDS_PER_SECOND: '20' } });
  const { ana, scene } = await setScene(app);
  const ben = await app.signUp('flooder');
  const notes = await ben.open('flooder');
  const socket = await ben.socket();
  const frame = { command: 'message.create', ref: 'x', conversationId: notes, body: 'flood' };
  for (let n = 0; n < 50_000; n += 1) socket.socket.send(JSON.stringify(frame));
  const started = performance.now();
  t.equal((await ana.postMessage(scene.own, 'meanwhile')).status, 201);
  const waited = performance.now() - started;
  t.ok(waited < 3_000, `waited for ${waited} ms`);
  t.ok([4429, 1006].includes(await socket.closed));
  const { length } = await ben.readAll(notes);
  t.ok(length < 20, `what waited when the socket was closed is dropped; ${length} were stored`);
});

/** Small, seeded: a frame that fails can be made again. */
function randomFrames(count: number, conversationId: string): { text: string | Buffer }[] {
  let state = 42;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T;
  const value = (depth = 0): unknown =>
    pick<() => unknown>([
      () => null,
      () => random(1_000) - 500,
      () => true,
      () => 'x'.repeat(random(5_000)),
      () => conversationId,
      () => '\0\ud800',
      () => (depth > 3 ? 1 : [value(depth + 1), value(depth + 1)]),
      () => (depth > 3 ? {} : { [pick(['a', '__proto__', 'toJSON'])]: value(depth + 1) }),
    ])();
  return Array.from({ length: count }, (_, n) => {
    const frame: Record<string, unknown> = { ref: random(10) === 0 ? value() : `f${n}` };
    frame['command'] = pick<unknown>([
      'message.create',
      'conversation.read',
      'typing',
      'x',
      value(),
    ]);
    for (const field of ['conversationId', 'body', 'key', 'sequence', 'replyTo', 'attachments']) {
      if (random(3) > 0) frame[field] = random(2) === 0 ? conversationId : value();
    }
    const text = JSON.stringify(frame);
    if (random(10) === 0) return { text: text.slice(0, random(text.length)) };
    if (random(20) === 0) return { text: Buffer.from(text) };
    return { text };
  });
}

test('each of 1,000 random frames is answered once, and never by a 5xx', async (t) => {
  const app = await startApp(t, { env: UNBOUNDED });
  const { ana, scene } = await setScene(app);
  const socket = await ana.socket();
  const sent = randomFrames(1_000, scene.own);
  const answers = () => socket.frames.filter((frame) => 'ref' in frame);
  for (const [index, { text }] of sent.entries()) {
    socket.socket.send(text);
    if (index % 50 === 49) await until(() => answers().length === index + 1);
  }
  t.equal((await socket.command('nothing', 'the end', {}))['status'], 400);
  t.equal(answers().length, sent.length + 1);
  const statuses = Map.groupBy(answers(), ({ status }) => status);
  t.ok(
    [...statuses.keys()].every((status) => Number(status) < 500),
    [...statuses.keys()].join(),
  );
  for (const status of [201, 200, 400, 404]) t.ok(statuses.has(status), `the premise: ${status}`);
  t.equal((await app.request('GET', '/health/live')).status, 200);
});
