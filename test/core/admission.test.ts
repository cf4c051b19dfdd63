import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';
import { until } from '../support/until.ts';

/** One at a time, and one that waits. */
const NARROW = { REQUESTS_AT_ONCE: '1', REQUESTS_WAITING: '1', REQUEST_WAIT_MS: '60000' };

const metrics = async (app: TestApp) => (await fetch(`${app.url}/metrics`)).text();

const isIdle = async (app: TestApp) =>
  !/doorbell_requests_(under_way|waiting)\{.*\} [^0]/.test(await metrics(app));

const isWaiting = async (app: TestApp, count: number) =>
  new RegExp(`_under_way\\{kind="write"\\} 1\n[\\s\\S]*_waiting\\{kind="write"\\} ${count}\n`).test(
    await metrics(app),
  );

/** A server with one user, and with `fill`: a post that is under way until it is let go, and one that waits. */
async function startNarrow(t: Scope, env = {}) {
  const app = await startApp(t, { store: 'mysql', env: { ...NARROW, ...env } });
  const ana = await app.signUp('ana');
  const id = await ana.open('ana');
  async function fill({ waiting = 1 } = {}) {
    const lock = await app.db.startTransaction().execute();
    await lock.selectFrom('conversations').select('id').forUpdate().execute();
    const posting = Array.from({ length: 1 + waiting }, () => ana.postMessage(id, 'held'));
    await until(() => isWaiting(app, waiting));
    return async () => {
      await lock.commit().execute();
      return (await Promise.all(posting)).map(({ status }) => status);
    };
  }
  return { app, ana, id, fill };
}

test('who would wait for too long is refused at once, and served again as soon as there is room', async (t) => {
  const origin = 'https://app.example';
  const { app, ana, id, fill } = await startNarrow(t, { ALLOWED_ORIGINS: origin });
  const letGo = await fill();
  const open = () => ana.put('/conversations/direct/ana', { headers: { origin } });
  const refused = await Promise.all(Array.from({ length: 20 }, open));

  t.same([...new Set(refused.map(({ status }) => status))], [503]);
  const waits = refused.map((answer) => Number(answer.headers.get('retry-after')));
  t.ok(waits.every((wait) => wait >= 1 && wait <= 4 && Number.isInteger(wait)));
  t.ok(new Set(waits).size > 1, 'they do not come back all at once');
  const [one] = refused;
  t.match(one?.body, { status: 503, code: 'overloaded', title: 'Service Unavailable' });
  t.match(one?.body.requestId, /^[\da-f-]{36}$/);
  t.equal(one?.headers.get('content-type'), 'application/problem+json');
  t.equal(one?.headers.get('cache-control'), 'no-store');
  t.match(one?.headers.get('content-security-policy'), /default-src 'none'/);
  t.equal(one?.headers.get('access-control-allow-origin'), origin);
  t.match(one?.headers.get('access-control-expose-headers'), /retry-after/);

  t.equal((await ana.get('/users/me')).status, 200, 'a flood of writes keeps no reader out');
  const json = { username: 'ana', password: PASSWORD };
  const signIn = await app.request('POST', '/auth/login', { json });
  t.equal(signIn.status, 200, '… nor one who signs in');
  t.equal((await app.request('GET', '/health/ready')).status, 200);
  t.match(await metrics(app), /doorbell_overload_refusals_total\{kind="write"\} 20/);
  t.same(await letGo(), [201, 201], 'what was let in is finished');
  t.equal((await ana.postMessage(id, 'afterwards')).status, 201);
});

test('a socket is refused before the upgrade, and so is a command', async (t) => {
  const { ana, id, fill } = await startNarrow(t);
  const socket = await ana.socket();
  const send = (ref: string) =>
    socket.command('message.create', ref, { conversationId: id, body: 'now?', key: ref });
  t.match(await send('first'), { status: 201 });
  const letGo = await fill();
  await t.rejects(ana.socket(), /HTTP 503/);
  const refused = await send('second');
  t.match(refused, { status: 503, code: 'overloaded' });
  t.ok(Number(refused['retryAfter']) >= 1);
  t.same(await letGo(), [201, 201]);
  t.match(await send('third'), { status: 201 });
  t.ok(await ana.socket());
});

test('whoever sends a body slowly takes no place, nor does one who hangs up', async (t) => {
  const { app, ana, id, fill } = await startNarrow(t);
  const slow: Socket[] = [];
  for (let count = 0; count < 10; count += 1) {
    const socket = createConnection(Number(new URL(app.url).port), '127.0.0.1');
    socket.write(
      `POST /api/v1/conversations/${id}/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n` +
        `authorization: Bearer ${ana.accessToken}\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n{"body": "`,
    );
    const [answer] = await once(socket, 'data');
    t.match(String(answer), /^HTTP\/1\.1 100/);
    await until(() => isIdle(app));
    slow.push(socket);
  }
  t.equal((await ana.postMessage(id, 'meanwhile')).status, 201);
  for (const socket of slow) socket.destroy();

  const letGo = await fill({ waiting: 0 });
  const gone = createConnection(Number(new URL(app.url).port), '127.0.0.1');
  gone.write(`PUT /api/v1/conversations/direct/ana HTTP/1.1\r\nhost: x\r\n\r\n`);
  await until(() => isWaiting(app, 1));
  gone.destroy();
  t.same(await letGo(), [201]);
  t.equal((await ana.postMessage(id, 'afterwards')).status, 201);
  await until(() => isIdle(app));
});

test('a connection goes on after a refusal, whose body nobody read', async (t) => {
  const { app, fill } = await startNarrow(t);
  const letGo = await fill();
  const socket = createConnection(Number(new URL(app.url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (data) => {
    received += data;
  });
  const body = JSON.stringify({ body: 'x'.repeat(50_000) });
  socket.write(
    `POST /api/v1/conversations/1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  await until(() => received.includes('"overloaded"'));
  await letGo();
  socket.write(`${body}GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n`);
  await until(() => received.includes('"live"'));
  socket.destroy();
  t.match(received, /^HTTP\/1\.1 503 [\s\S]*HTTP\/1\.1 200 OK/);
});

test('a crowd is served for as long as somebody may wait, and the rest is refused', async (t) => {
  const app = await startApp(t, { env: { REQUEST_WAIT_MS: '20', REQUESTS_WAITING: '10000' } });
  const ana = await app.signUp('ana');
  const port = Number(new URL(app.url).port);
  const statuses: string[] = [];
  const crowd = await Promise.all(
    Array.from({ length: 1_000 }, async () => {
      const socket = createConnection(port, '127.0.0.1');
      socket.on('data', (data) => {
        statuses.push(...(String(data).match(/(?<=HTTP\/1\.1 )\d+/g) ?? []));
      });
      await once(socket, 'connect');
      return socket;
    }),
  );
  const ask = () => {
    for (const socket of crowd) {
      socket.write(
        `GET /api/v1/users/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ana.accessToken}\r\n\r\n`,
      );
    }
  };
  // More than any machine does meanwhile.
  for (let burst = 0; burst < 6; burst += 1) {
    ask();
    await sleep(10);
  }
  await until(() => statuses.length === 6_000, 20_000);
  for (const socket of crowd) socket.destroy();
  const counts = Map.groupBy(statuses, (status) => status);
  t.same([...counts.keys()].sort(), ['200', '503']);
  t.ok(Number(counts.get('200')?.length) >= 100);
  t.equal((await ana.get('/users/me')).status, 200, 'and is over with the crowd');
});
