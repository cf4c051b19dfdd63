import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { test } from 'tap';
import { startRedis } from '../../scripts/support/servers.ts';
import { inProcessBus } from '../../src/core/bus.ts';
import { readConfig } from '../../src/core/config.ts';
import { addressKey } from '../../src/core/limits/address-key.ts';
import { limiter } from '../../src/core/limits/limits.ts';
import { ProblemError } from '../../src/core/problems.ts';
import { redisBus } from '../../src/core/redis-bus.ts';
import { redisUrl, type Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
const newPrefix = () => randomBytes(6).toString('hex');

const alone = (env: Record<string, string> = {}) =>
  limiter({ bus: inProcessBus(), config: readConfig(env) });

/** One process of the installation with this prefix. */
async function together(t: Scope, env: Record<string, string>) {
  const config = readConfig({ REDIS_URL: redisUrl(), ...env });
  const bus = redisBus({ url: String(config.redisUrl), prefix: config.redisPrefix, log });
  t.teardown(() => bus.close());
  await until(() => bus.isUp());
  return { bus, ...limiter({ bus, config }) };
}

type Take = { take(key: string): Promise<void> | undefined };

/** How many of so many attempts at once were let in. */
async function allowed({ take }: Take, key: string, attempts: number): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: attempts }, () => take(key)));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

async function refusalOf({ take }: Take, key: string): Promise<ProblemError> {
  const error = await take(key)?.catch((error) => error);
  if (error instanceof ProblemError) return error;
  throw new Error(`not refused: ${error}`);
}

test('who has one address, and who shares one', async (t) => {
  const same = [
    ['192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207'],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:DB8:1:2::0a'],
    ['fe80::1%eth0', 'fe80::2'],
    ['', 'nobody', '192.0.2.7:4711', 'x'.repeat(10_000)],
  ];
  const keys = same.map((addresses) => [...new Set(addresses.map(addressKey))]);
  t.same(keys, [['192.0.2.7'], ['2001:db8:1:2::/64'], ['fe80:0:0:0::/64'], ['unknown']]);
  const others = ['192.0.2.8', '2001:db8:1:3::1', '2001:db8:2:2::1', '::1', '::c000:207'];
  t.equal(
    new Set([...others.map(addressKey), ...keys.flat()]).size,
    others.length + same.length - 1,
  );
});

test('one process lets in as many as the limit says, each key for itself', async (t) => {
  const { loginByAccountAndAddress, requestsByAccount, requestsByAddress } = alone({
    REQUESTS_PER_ADDRESS: '7',
    REQUESTS_PER_ACCOUNT: '1000',
  });
  for (const key of ['ana', 'ben']) {
    t.equal(await allowed(loginByAccountAndAddress, key, 50), 10);
    t.equal(await allowed(requestsByAccount, key, 1_500), 1_000);
    t.equal(await allowed(requestsByAddress, key, 50), 7);
  }
  const tooMany = await refusalOf(loginByAccountAndAddress, 'ana');
  t.match(tooMany, { code: 'too_fast', status: 429 });
  t.ok(Number(tooMany.retryAfter) > 890 && Number(tooMany.retryAfter) <= 900);
});

test('what is given back does not count, alone and together', async (t) => {
  for (const limits of [alone(), await together(t, { REDIS_PREFIX: newPrefix() })]) {
    const { loginByAccountAndAddress: login } = limits;
    for (let n = 0; n < 30; n += 1) {
      await login.take('ana');
      await login.giveBack('ana');
    }
    for (let n = 0; n < 30; n += 1) await login.giveBack('ana');
    t.equal(await allowed(login, 'ana', 50), 10, 'and nobody gets more than the limit by it');
  }
});

test('processes count together: exactly what is rare, and requests up to a tenth for each', async (t) => {
  const env = { REDIS_PREFIX: newPrefix(), REQUESTS_PER_ACCOUNT: '1000' };
  const [here, there, third] = [
    await together(t, env),
    await together(t, env),
    await together(t, env),
  ];
  const sum = async (counts: Promise<number>[]) =>
    (await Promise.all(counts)).reduce((total, count) => total + count, 0);
  const all = [here, there, third];
  t.equal(await sum(all.map((limits) => allowed(limits.loginByAccount, 'ana', 80))), 100);
  const requests = all.map((limits) => allowed(limits.requestsByAccount, '1', 2_000));
  t.equal(await sum(requests), 1_300, 'the limit, and a tenth of it for each process');
  const { retryAfter } = await refusalOf(here.requestsByAccount, '1');
  t.ok(Number(retryAfter) > 0 && Number(retryAfter) <= 10);
  t.equal(await allowed(there.requestsByAccount, '2', 50), 50, 'others are not touched');
  await sleep(Number(retryAfter) * 1_000);
  t.ok((await allowed(here.requestsByAccount, '1', 50)) > 0, 'after that time it works again');
});

test('without Redis sign-ins have stricter limits, and nothing that was counted is forgotten', async (t) => {
  const dir = t.testdir();
  const redis = await startRedis({ dir });
  t.teardown(() => redis.stop());
  const env = { REDIS_PREFIX: newPrefix(), REDIS_URL: redis.url, REQUESTS_PER_ACCOUNT: '1000' };
  const limits = await together(t, env);
  const { bus, loginByAccountAndAddress: login, requestsByAccount } = limits;
  t.equal(await allowed(login, 'ana', 2), 2);
  process.kill(redis.pid, 'SIGSTOP');
  t.teardown(() => process.kill(redis.pid, 'SIGCONT'));

  const started = performance.now();
  t.equal(await allowed(login, 'ana', 9), 1, 'two of three are used');
  t.ok(performance.now() - started < 1_000, 'all wait for it together, and once');
  t.equal(bus.isUp(), false);
  const again = performance.now();
  t.equal(await allowed(login, 'ben', 9), 3);
  t.equal(await allowed(requestsByAccount, '1', 2_000), 1_000, 'requests have theirs');
  t.ok(performance.now() - again < 300, 'nobody else waits');

  process.kill(redis.pid, 'SIGCONT');
  await until(() => bus.isUp(), 15_000);
  t.ok((await allowed(login, 'ben', 20)) > 5, 'with Redis there is the whole limit again');
});

test('neither Redis nor its keys show what somebody has typed', async (t) => {
  const prefix = newPrefix();
  const { loginByAccount } = await together(t, { REDIS_PREFIX: prefix });
  await loginByAccount.take('ana@example.org {x}');
  const admin = new Redis(redisUrl());
  t.teardown(() => admin.disconnect());
  const keys = await admin.keys(`*${prefix}*`);
  t.equal(keys.length, 1);
  t.match(keys[0], new RegExp(`^\\{${prefix}\\}:limit:loginByAccount:[\\w-]{43}$`));
  t.ok((await admin.pttl(String(keys[0]))) > 3_500_000);
});

test('a million keys cost bounded memory, and free nobody of his own count', async (t) => {
  const { loginByAddress, requestsByAddress } = alone({
    LOGINS_PER_ADDRESS: '1000',
    REQUESTS_PER_ADDRESS: '1000',
  });
  t.equal(await allowed(loginByAddress, 'guesser', 1_200), 1_000);
  const before = heapUsed();
  const refused = await flood(loginByAddress, 1_000_000);
  const grown = Math.round((heapUsed() - before) / 1e6);
  t.comment(`${grown} MB`);
  t.ok(grown < 40);
  t.equal((await refusalOf(loginByAddress, 'guesser')).status, 429);
  t.equal(refused, 0, 'none of the others met a limit');
  t.equal(await allowed(loginByAddress, 'newcomer', 10), 10);

  // Its window is short: fewer keys, that are already too many.
  t.equal(await allowed(requestsByAddress, 'flooder', 1_200), 1_000);
  t.equal(await flood(requestsByAddress, 200_000), 0);
  t.equal((await refusalOf(requestsByAddress, 'flooder')).status, 429);
});

/** How many of so many keys that come once were refused. */
async function flood({ take }: Take, keys: number): Promise<number> {
  let refused = 0;
  for (let n = 0; n < keys; n += 1) {
    await take(`${n} ${Math.random()}`)?.catch(() => {
      refused += 1;
    });
  }
  return refused;
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
