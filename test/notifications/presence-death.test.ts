import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import tap, { test } from 'tap';
import { startRelay } from '../../scripts/verify/network/relay.ts';
import { startApp } from '../support/app.ts';
import { emptyStore, redisUrl, type Scope } from '../support/databases.ts';
import { type ServerProcess, startServer } from '../support/process.ts';
import { until } from '../support/until.ts';

// Each waits for somebody to be missed.
tap.jobs = 4;

/** Milliseconds after which the death of a process is known everywhere. */
const KNOWN = 30_000;

const SHIFTED_CLOCK = import.meta.resolve('../../scripts/support/shifted-clock.ts');

/** The clock of the first is an hour ahead. */
async function startPair(t: Scope): Promise<[ServerProcess, ServerProcess]> {
  const env = {
    ...(await emptyStore(t, 'mysql')),
    REDIS_URL: redisUrl(),
    REDIS_PREFIX: randomBytes(6).toString('hex'),
  };
  const clock = { NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`, SHIFT_CLOCK_MS: '3600000' };
  const first = await startServer(t, { ...env, ...clock });
  return [first, await startServer(t, env)];
}

test('who was online through a process that was killed is offline within 30 seconds', async (t) => {
  const [doomed, survivor] = await startPair(t);
  const [ana, ben, eve] = [
    await doomed.signUp('ana'),
    await doomed.signUp('ben'),
    await doomed.signUp('eve'),
  ];
  const id = await ana.open('ben');
  await eve.open('ben');
  const listener = await ben.at(survivor).socket();
  const heard = (name: string) =>
    listener.frames.filter(({ event, id }) => event === 'user.updated' && id === name).length;
  await Promise.all([ana.socket(), eve.socket(), eve.at(survivor).socket()]);
  await until(() => heard('ana') === 1 && heard('eve') >= 1);
  const before = heard('eve');
  const { lastSeenAt } = (await ben.get('/users/ana')).body;

  await doomed.stop('SIGKILL');
  const killed = Date.now();
  const seen = async () => (await ben.at(survivor).get(`/conversations/${id}`)).body.with;
  t.equal((await seen()).online, true, 'nobody can know yet');
  await until(() => heard('ana') === 2, KNOWN);
  t.comment(`known after ${Date.now() - killed} ms`);
  t.equal((await seen()).online, false);
  t.ok((await seen()).lastSeenAt >= lastSeenAt, 'last seen when the process was');
  t.ok(Date.parse((await seen()).lastSeenAt) <= killed + 1_000);
  t.equal((await ben.at(survivor).get('/users/eve')).body.online, true);
  t.equal(heard('eve'), before, 'who is online elsewhere is no news');
});

test('a process that was only stopped takes its users back when it goes on', async (t) => {
  const [stopped, other] = await startPair(t);
  const [ana, ben] = [await stopped.signUp('ana'), await stopped.signUp('ben')];
  await ana.open('ben');
  const listener = await ben.at(other).socket();
  const heard = () =>
    listener.frames.filter(({ event, id }) => event === 'user.updated' && id === 'ana').length;
  await ana.socket();
  await until(() => heard() === 1);
  stopped.child.kill('SIGSTOP');
  await until(() => heard() === 2, KNOWN);
  t.equal((await ben.at(other).get('/users/ana')).body.online, false);
  stopped.child.kill('SIGCONT');
  await until(() => heard() === 3, 5_000);
  t.equal((await ben.at(other).get('/users/ana')).body.online, true);
});

test('who leaves while the database is away is written down when it is back', async (t) => {
  const env = await emptyStore(t, 'mysql');
  const address = new URL(env['DATABASE_URL'] ?? '');
  const relay = await startRelay(Number(address.port));
  t.teardown(() => relay[Symbol.asyncDispose]());
  address.port = String(relay.port);
  const app = await startApp(t, { env: { ...env, DATABASE_URL: address.href } });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  await ana.open('ben');
  const [socket, listener] = [await ana.socket(), await ben.socket()];
  await listener.waitForEvent('user.updated', 'ana');
  const heard = () =>
    listener.frames.filter(({ event, id }) => event === 'user.updated' && id === 'ana').length;
  const heal = relay.refuse();
  relay.cut();
  socket.close();
  await sleep(6_000);
  t.equal((await ben.get('/users/ana')).status, 503, 'the premise');
  heal();
  await until(async () => (await ben.get('/users/ana')).body.online === false);
  // Told after it was written.
  await until(() => heard() === 2);
  t.match((await ben.get('/users/me')).body, { online: true });

  const lost = relay.loseCommitAnswers(1);
  await ana.socket();
  t.equal(await lost, 1, 'the premise');
  await until(() => heard() === 3);
  t.equal(
    (await ben.get('/users/ana')).body.online,
    true,
    'though nobody knew whether it was written',
  );
});

test('an embedded server that was killed forgets after its restart who does not come back', async (t) => {
  const server = await startServer(t, await emptyStore(t, 'sqlite'));
  const [ana, ben] = [await server.signUp('ana'), await server.signUp('ben')];
  await ana.open('ben');
  await Promise.all([ana.socket(), ben.socket()]);
  await until(async () => (await ben.get('/users/ana')).body.online);
  await server.stop('SIGKILL');
  const killed = Date.now();
  const again = await startServer(t, server.env);
  const listener = await ben.at(again).socket();
  await listener.waitForEvent('user.updated', 'ana', KNOWN);
  t.ok(Date.now() - killed < KNOWN);
  const { online, lastSeenAt } = (await ben.at(again).get('/users/ana')).body;
  t.equal(online, false);
  t.ok(Date.parse(lastSeenAt) <= killed + 1_000);
  t.match((await ben.at(again).get('/users/me')).body, { online: true });
});
