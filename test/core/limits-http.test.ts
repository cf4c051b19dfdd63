import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp } from '../support/app.ts';

const from = (...addresses: string[]) => ({ headers: { 'x-forwarded-for': addresses.join(', ') } });

test('an address that asks too often gets a 429 that says for how long, and then is served again', async (t) => {
  const app = await startApp(t, { env: { REQUESTS_PER_ADDRESS: '20' } });
  const ask = () => app.request('GET', '/users/me');
  const answers = await Promise.all(Array.from({ length: 30 }, ask));
  const statuses = Map.groupBy(answers, ({ status }) => status);
  t.equal(statuses.get(401)?.length, 20);
  const [refused] = statuses.get(429) ?? [];
  t.equal(statuses.get(429)?.length, 10, 'before anybody looks at a token');
  t.match(refused?.headers.get('content-type'), /^application\/problem\+json/);
  t.match(refused?.body, { status: 429, code: 'too_fast', title: 'Too Many Requests' });
  const seconds = Number(refused?.headers.get('retry-after'));
  t.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 10);

  t.equal((await app.request('GET', '/health/ready')).status, 200, 'health is not counted');
  t.equal((await app.request('GET', '/openapi.json')).status, 200);
  await sleep(seconds * 1_000);
  t.equal((await ask()).status, 401);
});

test('who says to be somebody else is not believed, unless a trusted proxy says it', async (t) => {
  const REQUESTS_PER_ADDRESS = '3';
  const statuses = async (env: Record<string, string>, chains: string[][]) => {
    const app = await startApp(t, { env: { REQUESTS_PER_ADDRESS, ...env } });
    const all: number[] = [];
    for (const chain of chains) {
      all.push((await app.request('GET', '/users/me', from(...chain))).status);
    }
    return all;
  };
  const others = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'];
  const each = others.map((address) => [address]);
  t.same(await statuses({}, each), [401, 401, 401, 429, 429]);
  t.same(await statuses({ TRUSTED_PROXIES: '10.0.0.0/8' }, each), [401, 401, 401, 429, 429]);

  const trusted = { TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' };
  t.same(await statuses(trusted, each), [401, 401, 401, 401, 401], 'each counts for itself');
  t.same(
    await statuses(
      trusted,
      others.map((claimed) => [claimed, '192.0.2.9']),
    ),
    [401, 401, 401, 429, 429],
    'what stands before the first who is not trusted, from the right, anybody may have written',
  );
  t.same(
    await statuses(
      trusted,
      others.map((address) => [address, '10.1.2.3']),
    ),
    [401, 401, 401, 401, 401],
    'a chain of trusted ones is followed',
  );
  t.same(
    await statuses(
      trusted,
      [1, 2, 3, 4, 5].map((n) => [`2001:db8::${n}`]),
    ),
    [401, 401, 401, 429, 429],
    'neighbours in one /64 are one',
  );
});

test('requests of one account are counted over two processes and its sockets, commands too', async (t) => {
  const options = {
    store: 'mysql',
    bus: 'redis',
    env: { REQUESTS_PER_ACCOUNT: '100', COMMANDS_PER_SECOND: '1000' },
  } as const;
  const here = await startApp(t, options);
  const { DATABASE_URL = '', JWT_SECRET = '', REDIS_PREFIX = '' } = here.env;
  const there = await startApp(t, {
    ...options,
    env: { ...options.env, DATABASE_URL, JWT_SECRET, REDIS_PREFIX },
  });
  const [ana, ben] = [await here.signUp('ana'), await here.signUp('ben')];
  const socket = await ana.socket();
  for (let n = 0; n < 200; n += 1) {
    socket.socket.send(JSON.stringify({ command: 'nothing', ref: `r${n}` }));
  }
  await socket.waitFor(({ ref }) => ref === 'r199');
  const answers = socket.frames.filter((frame) => 'ref' in frame);
  const refused = answers.filter(({ status }) => status === 429);
  t.equal(refused.length, 101, 'opening the socket was a request too');
  t.match(refused[0], { code: 'too_fast' });
  t.ok(Number(refused[0]?.['retryAfter']) >= 1);
  t.equal((await ana.get('/users/me')).status, 429);
  // A tenth is granted without asking the others.
  const elsewhere = Array.from({ length: 30 }, () => ana.at(there).get('/users/me'));
  const served = (await Promise.all(elsewhere)).filter(({ status }) => status === 200);
  t.ok(served.length >= 10 && served.length <= 20, `${served.length} were served elsewhere`);
  t.equal((await ben.get('/users/me')).status, 200, 'others are not touched');
});
