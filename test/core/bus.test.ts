import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import t, { type Test, test } from 'tap';
import { freePort } from '../../scripts/support/free-port.ts';
import { startRedisCluster } from '../../scripts/support/redis-cluster.ts';
import { startRedisSentinel } from '../../scripts/support/redis-sentinel.ts';
import { startRedis } from '../../scripts/support/servers.ts';
import { type Bus, inProcessBus, type Notice } from '../../src/core/bus.ts';
import { redisBus } from '../../src/core/redis-bus.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
// Servers of its own, because some of these tests break them.
const dir = mkdtempSync(join(tmpdir(), 'doorbell-bus-'));
const [single, cluster, sentinel] = await Promise.all([
  startRedis({ dir }),
  startRedisCluster({ dir: join(dir, 'cluster') }),
  startRedisSentinel({ dir: join(dir, 'sentinel') }),
]);
t.teardown(async () => {
  await Promise.all([single, cluster, sentinel].map((servers) => servers.stop()));
  rmSync(dir, { recursive: true });
});

interface Kind {
  url: string;
  /** Of each server, sentinels too. */
  serverUrls: string[];
  /** The Redis in which the processes with this prefix meet. */
  masterUrl(prefix: string): Promise<string>;
  publish: 'publish' | 'spublish';
}

const kinds: Record<string, Kind> = {
  'one Redis': {
    url: single.url,
    serverUrls: [single.url],
    masterUrl: async () => single.url,
    publish: 'publish',
  },
  'Redis Cluster': {
    url: cluster.url,
    serverUrls: cluster.nodes.map(({ url }) => url),
    masterUrl: async (prefix) => (await cluster.masterOf(prefix)).url,
    publish: 'spublish',
  },
  'Redis Sentinel': {
    url: sentinel.url,
    serverUrls: [...sentinel.nodes, ...sentinel.sentinels].map(({ url }) => url),
    masterUrl: async () => (await sentinel.master()).url,
    publish: 'publish',
  },
};

const newPrefix = () => randomBytes(6).toString('hex');

function listenTo(bus: Bus) {
  const heard: [userId: number, notice: Notice][] = [];
  const gaps: number[] = [];
  bus.listen({
    notice: (userId, notice) => heard.push([userId, notice]),
    gap: () => gaps.push(Date.now()),
  });
  return { bus, heard, gaps };
}

function start(t: Test, url: string, prefix: string) {
  const bus = redisBus({ url, prefix, log });
  t.teardown(() => bus.close());
  return listenTo(bus);
}

/** Two processes of one installation that have met; what happens from here on is new. */
async function startPair(t: Test, { url }: Pick<Kind, 'url'>) {
  const prefix = newPrefix();
  const [here, there] = [start(t, url, prefix), start(t, url, prefix)];
  const calm = ({ bus, gaps }: typeof here) =>
    bus.isUp() && Date.now() - (gaps.at(-1) ?? 0) > 2_000;
  await until(() => calm(here) && calm(there));
  await Promise.all([here.bus.join(5), there.bus.join(5)]);
  return { prefix, here, there };
}

async function administer(t: Test, kind: Pick<Kind, 'masterUrl'>, prefix: string): Promise<Redis> {
  const admin = new Redis(await kind.masterUrl(prefix));
  t.teardown(() => admin.disconnect());
  return admin;
}

async function bringsNoticesOnce(t: Test, bus: Bus): Promise<void> {
  const { heard } = listenTo(bus);
  await until(() => bus.isUp());
  await bus.join(1);
  await bus.publish([1, 2], { frame: 'first' });
  t.same(heard, [[1, { frame: 'first' }]], 'before the publish resolves');
  await bus.publish([1], { endedSessions: [7] });
  bus.leave(1);
  await bus.publish([1], { frame: 'second' });
  await sleep(50);
  t.same(heard, [
    [1, { frame: 'first' }],
    [1, { endedSessions: [7] }],
  ]);
}

test('a bus in process knows of nobody who counts with it', async (t) => {
  const bus = inProcessBus();
  t.equal(await bus.count('k', 1, 1_000), undefined);
});

test('a bus in process brings notices to those who joined, once', async (t) => {
  const bus = inProcessBus();
  t.teardown(() => bus.close());
  await bringsNoticesOnce(t, bus);
});

// Side by side: most of the time is spent waiting.
t.jobs = Object.keys(kinds).length + 1;
for (const [name, kind] of Object.entries(kinds))
  test(`a bus over ${name}`, { buffered: true }, async (t) => {
    await t.test('brings notices to those who joined, once', (t) =>
      bringsNoticesOnce(t, start(t, kind.url, newPrefix()).bus),
    );

    await t.test('brings notices to other processes, and to no other installation', async (t) => {
      const prefix = newPrefix();
      const [here, there] = [start(t, kind.url, prefix), start(t, kind.url, prefix)];
      const elsewhere = start(t, kind.url, newPrefix());
      const all = [here, there, elsewhere];
      await until(() => all.every(({ bus }) => bus.isUp()));
      await Promise.all(all.map(({ bus }) => bus.join(5)));
      await here.bus.publish([5], { frame: 'across' });
      await until(() => there.heard.length === 1);
      t.same(there.heard, [[5, { frame: 'across' }]]);
      await sleep(50);
      t.same(elsewhere.heard, []);
    });

    await t.test('brings a notice for a crowd to each of its members once', async (t) => {
      const { prefix, here, there } = await startPair(t, kind);
      const listener = await administer(t, kind, prefix);
      const heardOnBus: string[] = [];
      listener.on(kind.publish === 'publish' ? 'message' : 'smessage', (_channel, text: string) =>
        heardOnBus.push(text),
      );
      await (kind.publish === 'publish'
        ? listener.subscribe(`{${prefix}}:all`)
        : listener.ssubscribe(`{${prefix}}:all`));
      const crowd = Array.from({ length: 1_000 }, (_, index) => index + 1);
      await Promise.all([7, 8].map((userId) => there.bus.join(userId)));
      await there.bus.join(5_000);
      here.heard.length = 0;
      await here.bus.publish(crowd, { frame: 'to all of you' });
      await until(() => there.heard.length === 3);
      t.same(
        there.heard.map(([userId]) => userId),
        [5, 7, 8],
      );
      t.same(here.heard, [[5, { frame: 'to all of you' }]]);
      const published = () => heardOnBus.filter((text) => text.includes('to all of you')).length;
      await until(() => published() > 0);
      t.equal(published(), 1);
    });

    await t.test('gives the user and the password of its address', async (t) => {
      for (const url of kind.serverUrls) {
        const server = new Redis(url);
        t.teardown(() => server.disconnect());
        await server.call('ACL', 'SETUSER', 'bell', 'on', '>a:b@c/d', '~*', '&*', '+@all');
      }
      const prefix = newPrefix();
      const { bus } = start(t, kind.url.replace('//', '//bell:a%3Ab%40c%2Fd@'), prefix);
      await until(() => bus.isUp());
      const admin = await administer(t, kind, prefix);
      t.match(await admin.call('CLIENT', 'LIST', 'TYPE', 'pubsub'), 'user=bell');
    });

    await t.test('after its subscription broke a process has a gap, and hears again', async (t) => {
      const { prefix, here, there } = await startPair(t, kind);
      const before = there.gaps.length;
      const admin = await administer(t, kind, prefix);
      await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await until(() => there.gaps.length > before && here.bus.isUp() && there.bus.isUp());
      await here.bus.publish([5], { frame: 'after the break' });
      await until(() => there.heard.length === 1);
      t.same(there.heard, [[5, { frame: 'after the break' }]]);
    });

    await t.test(
      'a process that reads too slowly is cut off, has a gap, and hears again',
      async (t) => {
        const { prefix, here, there } = await startPair(t, kind);
        const before = there.gaps.length;
        const admin = await administer(t, kind, prefix);
        const limit = 'client-output-buffer-limit';
        await admin.config('SET', limit, 'pubsub 1mb 0 0');
        // A script holds Redis up, so that nobody can read meanwhile.
        const flood = `for i = 1, 40 do redis.call('${kind.publish}', KEYS[1], ARGV[1]) end`;
        await admin.eval(flood, 1, `{${prefix}}:all`, 'x'.repeat(100_000));
        await until(() => there.gaps.length > before && here.bus.isUp() && there.bus.isUp());
        await admin.config('SET', limit, 'pubsub 32mb 8mb 60');
        await here.bus.publish([5], { frame: 'after the flood' });
        await until(() => there.heard.length === 1);
        t.same(there.heard, [[5, { frame: 'after the flood' }]]);
      },
    );

    await t.test('processes count together, each key for its time', async (t) => {
      const prefix = newPrefix();
      const [here, there] = [start(t, kind.url, prefix), start(t, kind.url, prefix)];
      const elsewhere = start(t, kind.url, newPrefix());
      await until(() => [here, there, elsewhere].every(({ bus }) => bus.isUp()));
      const total = async ({ bus }: typeof here, key: string, by: number) =>
        (await bus.count(key, by, 1_500))?.total;
      t.same(await here.bus.count('k', 1, 1_500), { total: 1, remaining: 1_500 });
      const ends = Date.now() + 1_500;
      const many = Array.from({ length: 100 }, (_, n) => total(n % 2 ? here : there, 'k', 1));
      const totals = (await Promise.all(many)).sort((one, other) => Number(one) - Number(other));
      t.same(
        totals,
        Array.from({ length: 100 }, (_, n) => n + 2),
        'no two are told the same',
      );
      t.equal(await total(there, 'other', 5), 5, 'another key');
      t.equal(await total(elsewhere, 'k', 1), 1, 'another installation');
      t.equal(await total(here, 'k', -100), 1, 'given back');
      t.equal(await total(there, 'k', -5), 0, 'never more than there was');
      const { remaining = 0 } = (await there.bus.count('k', 1, 1_500)) ?? {};
      t.ok(remaining > 0 && remaining < 1_500, 'its life began with its first count');
      await sleep(Math.max(0, ends - Date.now()) + 50);
      t.same(await here.bus.count('k', 1, 1_500), { total: 1, remaining: 1_500 }, 'begins anew');
    });

    await t.test('a Redis that is stopped holds up those who count once', async (t) => {
      const { prefix, here } = await startPair(t, kind);
      t.match(await here.bus.count('k', 1, 60_000), { total: 1 });
      const admin = await administer(t, kind, prefix);
      // Not so long that another takes over.
      await admin.call('CLIENT', 'PAUSE', '900', 'ALL');
      const started = performance.now();
      const together = Array.from({ length: 20 }, () => here.bus.count('k', 1, 60_000));
      t.same(new Set(await Promise.all(together)), new Set([undefined]));
      const first = performance.now() - started;
      t.ok(first < 1_000, `${first} ms`);
      t.equal(here.bus.isUp(), false);
      const again = performance.now();
      for (let n = 0; n < 100; n += 1) t.equal(await here.bus.count('k', 1, 60_000), undefined);
      t.ok(performance.now() - again < 100, 'nobody else waits');
      await until(() => here.bus.isUp(), 15_000);
      t.ok(await here.bus.count('k', 1, 60_000), 'it counts again');
    });

    await t.test('a Redis that refuses to count still brings notices', async (t) => {
      const { prefix, here, there } = await startPair(t, kind);
      const admin = await administer(t, kind, prefix);
      await admin.set(`{${prefix}}:limit:k`, 'no number');
      t.equal(await here.bus.count('k', 1, 60_000), undefined);
      t.equal(here.bus.isUp(), true);
      await here.bus.publish([5], { frame: 'all the same' });
      await until(() => there.heard.length === 1);
      t.same(there.heard, [[5, { frame: 'all the same' }]]);
    });

    await t.test('FLUSHALL changes nothing', async (t) => {
      const { prefix, here, there } = await startPair(t, kind);
      const before = there.gaps.length;
      const admin = await administer(t, kind, prefix);
      await admin.flushall();
      await here.bus.publish([5], { frame: 'after the flush' });
      await until(() => there.heard.length === 1);
      t.equal(there.gaps.length, before);
    });

    await t.test('a hole in the beats of another process is a gap', async (t) => {
      const { prefix, there } = await startPair(t, kind);
      const before = there.gaps.length;
      const admin = await administer(t, kind, prefix);
      const say = (channel: string, words: object) =>
        admin[kind.publish](
          `{${prefix}}:${channel}`,
          JSON.stringify({ from: 'another', ...words }),
        );
      await admin[kind.publish](`{${prefix}}:all`, 'null');
      await say('all', { beat: 1 });
      await say('all', { beat: 2 });
      await say('user:5', { notice: { frame: 'between' } });
      await until(() => there.heard.length === 1);
      t.equal(there.gaps.length, before, 'whole so far');
      await say('all', { beat: 4 });
      await until(() => there.gaps.length === before + 1, 3_000);
      for (const beat of [6, 7, 9]) await say('all', { beat });
      await until(() => there.gaps.length === before + 2);
      t.pass('more holes that follow at once are one more gap');
    });

    await t.test(
      'what was published while it was stopped becomes a gap for the others',
      async (t) => {
        const { prefix, here, there } = await startPair(t, kind);
        const admin = await administer(t, kind, prefix);
        await admin.call('CLIENT', 'PAUSE', '2500', 'ALL');
        const started = Date.now();
        await here.bus.publish([5], { frame: 'into the void' });
        t.ok(Date.now() - started < 1_500, 'a publisher is not held up for long');
        t.equal(here.bus.isUp(), false);
        t.equal(here.heard.length, 1, 'sockets of its own process hear it all the same');
        const before = there.gaps.length;
        await until(() => here.bus.isUp() && there.gaps.length > before, 15_000);
        t.pass('both are up again and the other had a gap');
      },
    );

    await t.test(
      'what was published before a bus was up becomes a gap for the others',
      async (t) => {
        const prefix = newPrefix();
        const there = start(t, kind.url, prefix);
        await until(() => there.bus.isUp());
        const before = there.gaps.length;
        const here = start(t, kind.url, prefix);
        t.equal(here.bus.isUp(), false);
        await here.bus.publish([5], { frame: 'too early' });
        await until(() => here.bus.isUp() && there.gaps.length > before);
        t.pass('the other had a gap');
      },
    );
  });

test('a process that falls silent without a farewell is a gap', { buffered: true }, async (t) => {
  const redis = await startRedis({ dir: join(dir, 'quiet') });
  t.teardown(() => redis.stop());
  const kind = { url: redis.url, masterUrl: async () => redis.url };
  const { prefix, there } = await startPair(t, kind);
  const admin = await administer(t, kind, prefix);
  const say = (words: object) => admin.publish(`{${prefix}}:all`, JSON.stringify(words));
  const before = there.gaps.length;
  await say({ from: 'one who leaves', beat: 1 });
  await say({ from: 'one who leaves', farewell: true });
  await sleep(5_500);
  t.equal(there.gaps.length, before, 'the one who left is not missed');
  await say({ from: 'one who dies', beat: 1 });
  await until(() => there.gaps.length > before);
});

test('a bus that starts before Redis is there comes up with it', async (t) => {
  const port = await freePort();
  const { bus, heard } = start(t, `redis://127.0.0.1:${port}`, newPrefix());
  await bus.join(1);
  await bus.publish([1], { frame: 'here alone' });
  t.same(heard, [[1, { frame: 'here alone' }]]);
  t.equal(bus.isUp(), false);
  const redis = await startRedis({ dir: join(dir, 'late'), port });
  t.teardown(() => redis.stop());
  await until(() => bus.isUp());
  t.pass('it is up');
});
