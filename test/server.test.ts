import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { emptyStore, redisUrl } from './support/databases.ts';
import { api } from './support/http.ts';
import { runServer, startServer } from './support/process.ts';
import { until } from './support/until.ts';

const onRedis = () => ({ REDIS_URL: redisUrl(), REDIS_PREFIX: randomBytes(6).toString('hex') });

test('a message posted at one process rings at a socket of another', async (t) => {
  const env = { ...(await emptyStore(t, 'mysql')), ...onRedis() };
  const [here, there] = await Promise.all([startServer(t, env), startServer(t, env)]);
  const ana = await here.signUp('ana');
  const ben = (await here.signUp('ben')).at(there);
  await until(async () => (await there.request('GET', '/health/ready')).body.bus === 'up');
  await until(async () => (await here.request('GET', '/health/ready')).body.bus === 'up');
  const [bell, own] = await Promise.all([ben.socket(), ana.at(there).socket()]);
  const id = await ana.open('ben');
  await bell.waitForEvent('conversation.created', id);
  const { body: message } = await ana.postMessage(id, 'across processes');
  await Promise.all(
    [bell, own].map((socket) => socket.waitForEvent('message.created', message.id)),
  );
  t.same((await ben.get(`/messages/${message.id}`)).body, message);
  t.equal((await ana.at(there).postMessage(id, 'again', 'k')).status, 201);
  t.equal((await ana.postMessage(id, 'again', 'k')).status, 200, 'a key holds at every process');
  const [left, kept] = [await ana.at(there).socket(), bell];
  await ana.post('/auth/logout');
  t.equal(await left.closed, 4403, 'a logout reaches sockets elsewhere');
  t.equal((await ana.at(there).get('/users/me')).status, 401);
  t.equal(kept.socket.readyState, 1);
});

test('WORKERS processes share the port, and a dead one is replaced', async (t) => {
  const env = { ...(await emptyStore(t, 'mysql')), ...onRedis(), WORKERS: '2' };
  const server = await startServer(t, env);
  const ana = await server.signUp('ana');
  const pids = () =>
    new Set(
      [...server.output().matchAll(/"pid":(\d+).*Server listening/g)].map(([, pid]) => Number(pid)),
    );
  await until(() => pids().size === 2);
  const sockets = await Promise.all(Array.from({ length: 6 }, () => ana.socket()));
  const id = await ana.open('ana');
  const { body } = await ana.postMessage(id, 'to all workers');
  await Promise.all(sockets.map((socket) => socket.waitForEvent('message.created', body.id)));
  const sum = async () =>
    /^doorbell_sockets (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1];
  t.equal(await sum(), '6', 'metrics are of all workers, whichever answers');
  const [first = 0] = pids();
  process.kill(first, 'SIGKILL');
  await until(() => pids().size === 3);
  t.equal((await ana.get(`/messages/${body.id}`)).status, 200);
  const late = await ana.socket();
  for (const pid of pids()) if (pid !== first) process.kill(pid, 'SIGTERM');
  t.equal(
    await server.stop(),
    0,
    'a signal to the whole group, as at a service manager, drains once',
  );
  t.equal(await late.closed, 1012);
});

test('on SIGTERM what is under way is finished, sockets are told, and the process ends', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'sqlite'));
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  const socket = await ana.socket();
  const posts = Array.from({ length: 50 }, (_, n) => ana.postMessage(id, `under way ${n}`));
  await Promise.race(posts);
  const started = Date.now();
  const code = server.stop();
  const answers = await Promise.allSettled(posts);
  t.equal(await socket.closed, 1012);
  t.equal(await code, 0);
  t.ok(Date.now() - started < 10_000);
  const stored = answers.filter(
    (answer) => answer.status === 'fulfilled' && answer.value.status === 201,
  );
  const again = await startServer(t, { ...server.env });
  const { body } = await ana.at(again).get(`/conversations/${id}`);
  t.ok(
    body.lastSequence >= stored.length,
    `${body.lastSequence} stored, ${stored.length} acknowledged`,
  );
});

test('a connection that is busy at SIGTERM is answered and then closed', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'sqlite'));
  const ana = await server.signUp('ana');
  const body = '{"conversations":{}}';
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += data));
  const closed = once(socket, 'close');
  socket.write(
    `POST /api/v1/sync HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ana.accessToken}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  await sleep(200);
  const started = Date.now();
  const code = server.stop();
  await sleep(200);
  socket.write(body.slice(5));
  t.equal(await code, 0);
  await closed;
  t.match(answer, /^HTTP\/1\.1 200/);
  t.match(answer, /connection: close/i);
  t.ok(Date.now() - started < 5_000);
});

test('a process that is killed has stored what it acknowledged, and a repeat finds it', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'sqlite'));
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  const posts = Array.from({ length: 200 }, (_, n) =>
    ana.postMessage(id, `body number ${n}`, `key-${n}`),
  );
  await Promise.any(posts);
  await server.stop('SIGKILL');
  const answers = await Promise.allSettled(posts);
  const again = await startServer(t, { ...server.env });
  const after = ana.at(again);
  for (const [n, answer] of answers.entries()) {
    const repeat = await after.postMessage(id, `body number ${n}`, `key-${n}`);
    if (answer.status === 'rejected' || answer.value.status !== 201) continue;
    t.equal(repeat.status, 200);
    t.same(repeat.body, answer.value.body);
  }
  const all = await after.readAll(id);
  t.same(
    all.map(({ sequence }) => sequence),
    Array.from({ length: 200 }, (_, n) => n + 1),
  );
  t.equal(new Set(all.map(({ body }) => body)).size, 200);
});

test('a client that trickles or never sends its request is cut off', async (t) => {
  const server = await startServer(t, {
    ...(await emptyStore(t, 'sqlite')),
    REQUEST_TIMEOUT_MS: '1000',
  });
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += data));
  socket.write(
    'POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  );
  const trickle = setInterval(() => socket.write(' '), 200);
  socket.on('error', () => {});
  await once(socket, 'close');
  clearInterval(trickle);
  t.match(answer, /^HTTP\/1\.1 408/);
});

test('logs have request ids and no secrets', async (t) => {
  const server = await startServer(t, { ...(await emptyStore(t, 'sqlite')), LOG_LEVEL: 'trace' });
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  await ana.postMessage(id, 'a body is no business of the log', 'some-key');
  await ana.get('/users?search=whom-i-look-for');
  const missing = await ana.get('/nothing-here');
  const socket = await ana.socket({ tokenAsSubprotocol: true });
  socket.close();
  await until(() => server.output().includes(missing.body.requestId));
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  t.match(
    lines.find((line) => line.route === '/api/v1/conversations/:id/messages'),
    { method: 'POST', status: 201, reqId: /^[0-9a-f-]{36}$/, milliseconds: Number },
  );
  for (const secret of [
    ana.accessToken,
    ana.refreshToken,
    'a password for tests',
    'no business',
    'whom-i-look-for',
    server.env['JWT_SECRET'] ?? '?',
  ]) {
    t.notOk(server.output().includes(secret), secret.slice(0, 12));
  }
});

test('a server that has nothing to do gives back what its start needed, and serves on', async (t) => {
  const env = { ...(await emptyStore(t, 'sqlite')), NODE_OPTIONS: '--expose-gc' };
  const server = await startServer(t, env);
  const resident = () => {
    const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  };
  const atStart = resident();
  t.ok(atStart > 50_000, 'the premise');
  await until(() => resident() < 0.9 * atStart);
  t.equal((await server.signUp('ana')).username, 'ana');
});

test('metrics count by route and never by id', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'sqlite'));
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  const socket = await ana.socket();
  await ana.postMessage(id, 'to be counted');
  await socket.waitForEvent('message.created');
  const text = await (await fetch(`${server.url}/metrics`)).text();
  t.match(
    text,
    /doorbell_http_request_seconds_count\{method="POST",route="\/api\/v1\/conversations\/:id\/messages",status="201"\} 1/,
  );
  t.match(text, /^doorbell_sockets 1$/m);
  t.match(text, /^doorbell_frames_sent_total 1$/m);
});

test('a body over the limit, of another type or not JSON is a problem and no more', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'sqlite'));
  const login = async (body: string, type = 'application/json') => {
    const response = await fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.json(),
    };
  };
  t.match(await login('x'.repeat(70_000)), { status: 413, body: { code: 'body_too_large' } });
  t.match(await login('{}', 'text/plain'), {
    status: 415,
    body: { code: 'unsupported_media_type' },
  });
  t.ok([400, 415].includes((await login('{}', 'application/json\t; garbage')).status));
  t.match(await login(''), { status: 400, body: { code: 'invalid_input' } });
  for (const body of [
    '{',
    'nonsense',
    '{"a":1}}',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{}}}',
  ]) {
    t.match(
      await login(body),
      { status: 400, type: /problem\+json/, body: { code: 'malformed_request' } },
      body,
    );
  }
  t.match(await login('['.repeat(30_000)), { status: 400 });
  t.match(await login('null'), { status: 400, body: { code: 'invalid_input' } });
  t.equal((await api(server.url).request('GET', '/health/live')).status, 200);
});

test('a port that is taken is said in the log, and the process ends', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'sqlite'));
  const second = runServer(t, {
    ...(await emptyStore(t, 'sqlite')),
    PORT: new URL(server.url).port,
  });
  t.equal(await Promise.race([second.exited, sleep(15_000, 'still up', { ref: false })]), 1);
  t.match(second.output(), /EADDRINUSE/);
  t.match(second.output(), /cannot listen on 127\.0\.0\.1, port \d+; see HOST and PORT/);
});

test('a database that refuses the server is said in the log, and the process ends', async (t) => {
  const env = await emptyStore(t, 'mysql');
  const DATABASE_URL = String(env['DATABASE_URL']).replace(/doorbell_/, 'not_there_');
  const server = runServer(t, { ...env, DATABASE_URL, PORT: '0' });
  t.equal(await server.exited, 1);
  t.match(server.output(), /ER_BAD_DB_ERROR.*see DATABASE_URL/);
});
