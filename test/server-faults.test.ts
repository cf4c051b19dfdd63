import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { type Test, test } from 'tap';
import { freePort } from '../scripts/support/free-port.ts';
import { startMariadb, startRedis } from '../scripts/support/servers.ts';
import { emptyStore, redisUrl } from './support/databases.ts';
import { startServer } from './support/process.ts';
import { until } from './support/until.ts';

const onRedis = () => ({ REDIS_URL: redisUrl(), REDIS_PREFIX: randomBytes(6).toString('hex') });

function temporaryFolder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'doorbell-servers-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('a server whose database is away starts, answers 503, and recovers without a restart', async (t) => {
  const dir = temporaryFolder(t);
  const port = await freePort();
  const env = {
    ...(await emptyStore(t, 'sqlite')),
    DATABASE_URL: `mysql://root@127.0.0.1:${port}/doorbell`,
    DATABASE_TIMEOUT_MS: '1000',
  };
  const server = await startServer(t, env);
  const away = await server.request('GET', '/health/ready');
  t.match(away, { status: 503, body: { status: 'unavailable', database: 'away' } });
  const refused = await server.request('GET', '/users/me', { token: 'x' });
  t.match(refused, { status: 503, body: { code: 'unavailable' } });
  t.ok(Number(refused.headers.get('retry-after')) > 0);

  let mariadb = await startMariadb({ dir, port });
  t.teardown(() => mariadb.stop());
  const connection = await createConnection(mariadb.url);
  await connection.query('create database doorbell');
  await connection.end();
  const isReady = async () => (await server.request('GET', '/health/ready')).status === 200;
  await until(isReady);
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  t.equal((await ana.postMessage(id, 'before the outage', 'k1')).status, 201);

  await mariadb.stop();
  const during = await ana.postMessage(id, 'during the outage', 'k2');
  t.match(during, { status: 503, body: { code: 'unavailable' } });
  t.notMatch(
    JSON.stringify(during.body),
    /ECONN|mysql|127\.0\.0\.1/i,
    'it says nothing of the inside',
  );
  await until(async () => !(await isReady()));
  t.equal((await server.request('GET', '/health/live')).status, 200);
  mariadb = await startMariadb({ dir, port });
  await until(isReady);
  t.equal((await ana.postMessage(id, 'during the outage', 'k2')).body.sequence, 2);

  const admin = await createConnection(mariadb.url);
  await admin.query('set global read_only = 1');
  await admin.query("create user app@'127.0.0.1'");
  await admin.query("grant all on doorbell.* to app@'127.0.0.1'");
  const asUser = await startServer(t, {
    ...env,
    DATABASE_URL: env.DATABASE_URL.replace('root', 'app'),
  });
  t.match(await ana.at(asUser).postMessage(id, 'read-only now'), { status: 503 });
  t.equal((await ana.at(asUser).readAll(id)).length, 2, 'reading goes on');
  await admin.query('set global read_only = 0');
  t.equal((await ana.at(asUser).postMessage(id, 'writable again')).status, 201);
  await admin.end();
});

test('a database that does not answer is a 503 in bounded time', async (t) => {
  const dir = temporaryFolder(t);
  const mariadb = await startMariadb({ dir });
  t.teardown(() => mariadb.stop());
  const connection = await createConnection(mariadb.url);
  await connection.query('create database doorbell');
  await connection.end();
  const server = await startServer(t, {
    ...(await emptyStore(t, 'sqlite')),
    DATABASE_URL: `${mariadb.url}doorbell`,
    DATABASE_TIMEOUT_MS: '700',
    DATABASE_POOL_SIZE: '2',
    DATABASE_QUEUE_LIMIT: '10',
  });
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  process.kill(mariadb.pid, 'SIGSTOP');
  const started = Date.now();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => ana.postMessage(id, 'is anybody there?')),
  );
  const elapsed = Date.now() - started;
  process.kill(mariadb.pid, 'SIGCONT');
  t.same([...new Set(answers.map(({ status }) => status))], [503]);
  t.ok(elapsed < 5_000, `${elapsed} ms`);
  await until(async () => (await ana.postMessage(id, 'now there is')).status === 201);
});

test('a database that does not answer holds up no shutdown', async (t) => {
  const mariadb = await startMariadb({ dir: temporaryFolder(t) });
  t.teardown(() => mariadb.stop());
  const connection = await createConnection(mariadb.url);
  await connection.query('create database doorbell');
  await connection.end();
  const server = await startServer(t, {
    ...(await emptyStore(t, 'sqlite')),
    DATABASE_URL: `${mariadb.url}doorbell`,
  });
  const [ana, ben] = [await server.signUp('ana'), await server.signUp('ben')];
  const id = await ana.open('ben');
  const socket = await ben.socket();
  const { body } = await ana.postMessage(id, 'delivered, as nobody can note');
  await ben.get(`/messages/${body.id}`);
  process.kill(mariadb.pid, 'SIGSTOP');
  const started = Date.now();
  const code = await server.stop();
  const elapsed = Date.now() - started;
  process.kill(mariadb.pid, 'SIGCONT');
  t.equal(await socket.closed, 1012);
  t.equal(code, 0);
  t.ok(elapsed < 9_000, `${elapsed} ms`);
  t.comment(`${elapsed} ms`);
});

test('more requests than the pool and its queue hold are a 503, and none is lost', async (t) => {
  const server = await startServer(t, {
    ...(await emptyStore(t, 'mysql')),
    DATABASE_POOL_SIZE: '1',
    DATABASE_QUEUE_LIMIT: '5',
  });
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  // Posts of one moment share a connection; pages do not.
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      const page = ana.get(`/conversations/${id}/messages`);
      return [await ana.postMessage(id, `crowd ${n}`), await page] as const;
    }),
  );
  const count = (status: number, which: 0 | 1) =>
    answers.filter((pair) => pair[which].status === status).length;
  t.ok(count(503, 0) + count(503, 1) > 0, 'the premise');
  t.equal(count(201, 0) + count(503, 0), 100);
  t.equal(count(200, 1) + count(503, 1), 100);
  t.equal((await ana.readAll(id)).length, count(201, 0));
});

test('with Redis away a post is stored and rings at its own process, and recovery resyncs', async (t) => {
  const dir = temporaryFolder(t);
  const port = await freePort();
  const env = { ...(await emptyStore(t, 'mysql')), REDIS_URL: `redis://127.0.0.1:${port}` };
  const [here, there] = await Promise.all([startServer(t, env), startServer(t, env)]);
  const ana = await here.signUp('ana');
  const [near, far] = await Promise.all([ana.socket(), ana.at(there).socket()]);
  const id = await ana.open('ana');
  const { status, body } = await ana.postMessage(id, 'without a bus');
  t.equal(status, 201);
  await near.waitForEvent('message.created', body.id);
  t.match(await here.request('GET', '/health/ready'), {
    status: 200,
    body: { status: 'degraded', bus: 'away' },
  });
  t.notOk(
    far.frames.some((frame) => frame['id'] === body.id),
    'the premise',
  );

  let redis = await startRedis({ dir, port });
  t.teardown(() => redis.stop());
  await far.waitForEvent('resync', undefined, 10_000);
  await until(async () => (await here.request('GET', '/health/ready')).body.bus === 'up');
  const { body: next } = await ana.postMessage(id, 'with a bus');
  await far.waitForEvent('message.created', next.id);

  await redis.stop();
  const { body: lost } = await ana.postMessage(id, 'while it is away');
  await near.waitForEvent('message.created', lost.id);
  const resyncs = () => far.frames.filter((frame) => frame['event'] === 'resync').length;
  const before = resyncs();
  redis = await startRedis({ dir, port });
  await until(() => resyncs() > before, 15_000);
});

test('a session that ends while the bus is away loses all its sockets when it is back', async (t) => {
  const dir = temporaryFolder(t);
  const port = await freePort();
  let redis = await startRedis({ dir, port });
  t.teardown(() => redis.stop());
  const env = {
    ...(await emptyStore(t, 'mysql')),
    REDIS_URL: redis.url,
    SOCKETS_PER_USER: '200',
  };
  const [here, there] = await Promise.all([startServer(t, env), startServer(t, env)]);
  const ana = await here.signUp('ana');
  const far = await Promise.all(Array.from({ length: 200 }, () => ana.at(there).socket()));
  const open = () => far.filter(({ socket }) => socket.readyState === socket.OPEN).length;
  await redis.stop();
  t.equal((await ana.post('/auth/logout')).status, 204);
  // Without the bus, their sessions are looked up by turns: 10 sockets a second.
  t.ok(open() > 100, 'the premise');
  redis = await startRedis({ dir, port });
  const startedAt = performance.now();
  const codes = await Promise.all(far.map(({ closed }) => closed));
  t.ok(performance.now() - startedAt < 8_000, 'not by turns');
  t.same([...new Set(codes)], [4403]);
});

test('what the database refuses is logged without what was to be stored', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'mysql'));
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  const admin = await createConnection(String(server.env['DATABASE_URL']));
  await admin.query('alter table messages modify body varchar(10) not null');
  await admin.end();
  const { status } = await ana.postMessage(id, 'a body that no longer fits in there');
  t.equal(status, 500);
  await until(() => server.output().includes('ER_DATA_TOO_LONG'));
  t.notMatch(server.output(), 'no longer fits');
});

test('when a process dies, sockets of the others are told to resync', async (t) => {
  const env = { ...(await emptyStore(t, 'mysql')), ...onRedis() };
  const [dying, leaving, there] = await Promise.all([1, 2, 3].map(() => startServer(t, env)));
  if (!dying || !leaving || !there) return;
  const ana = (await there.signUp('ana')).at(there);
  for (const server of [dying, leaving, there]) {
    await until(async () => (await server.request('GET', '/health/ready')).body.bus === 'up');
  }
  const socket = await ana.socket();
  const resyncs = () => socket.frames.filter((frame) => frame['event'] === 'resync').length;
  // Those of the beginning come at most one after another.
  await sleep(2_500);
  const before = resyncs();
  await leaving.stop();
  await sleep(6_500);
  t.equal(resyncs(), before, 'who says farewell has announced everything');
  await dying.stop('SIGKILL');
  await until(() => resyncs() > before);
});
