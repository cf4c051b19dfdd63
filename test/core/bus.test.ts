import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import t, { type Test, test } from 'tap';
import { startRedis } from '../../scripts/support/servers.ts';
import { type Bus, inProcessBus, type Notice } from '../../src/core/bus.ts';
import { redisBus } from '../../src/core/redis-bus.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
// A server of its own, because some of these tests break it.
const dir = mkdtempSync(join(tmpdir(), 'doorbell-bus-'));
const redis = await startRedis({ dir });
t.teardown(async () => {
  await redis.stop();
  rmSync(dir, { recursive: true });
});

const newPrefix = () => randomBytes(6).toString('hex');

function listenTo(bus: Bus) {
  const heard: [userId: number, notice: Notice][] = [];
  const gaps: number[] = [];
  bus.listen({
    notice: (userId, notice) => heard.push([userId, notice]),
    gap: () => gaps.push(Date.now()),
  });
  return { heard, gaps };
}

const buses: Record<string, (t: Test) => Bus> = {
  'in process': (t) => {
    const bus = inProcessBus();
    t.teardown(() => bus.close());
    return bus;
  },
  redis: (t) => startRedisBus(t, newPrefix()),
};

function startRedisBus(t: Test, prefix: string): Bus {
  const bus = redisBus({ url: redis.url, prefix, log });
  t.teardown(() => bus.close());
  return bus;
}

for (const [name, start] of Object.entries(buses)) {
  test(`a bus ${name} brings notices to those who joined, once`, async (t) => {
    const bus = start(t);
    const { heard } = listenTo(bus);
    await until(() => bus.isUp());
    await bus.join(1);
    await bus.publish([1, 2], { frame: 'first' });
    t.same(heard, [[1, { frame: 'first' }]], 'before the publish resolves');
    await bus.publish([1], { endedSession: 7 });
    bus.leave(1);
    await bus.publish([1], { frame: 'second' });
    await sleep(50);
    t.same(heard, [
      [1, { frame: 'first' }],
      [1, { endedSession: 7 }],
    ]);
  });
}

test('redis brings notices to other processes, and to no other installation', async (t) => {
  const prefix = newPrefix();
  const [here, there, elsewhere] = [prefix, prefix, newPrefix()].map((each) =>
    startRedisBus(t, each),
  );
  if (!here || !there || !elsewhere) return;
  const [, thereHeard, elsewhereHeard] = [here, there, elsewhere].map(listenTo);
  await until(() => [here, there, elsewhere].every((bus) => bus.isUp()));
  await Promise.all([here, there, elsewhere].map((bus) => bus.join(5)));
  await here.publish([5], { frame: 'across' });
  await until(() => thereHeard?.heard.length === 1);
  t.same(thereHeard?.heard, [[5, { frame: 'across' }]]);
  await sleep(50);
  t.same(elsewhereHeard?.heard, []);
});

test('after its subscription broke a process has a gap, and hears again', async (t) => {
  const prefix = newPrefix();
  const [here, there] = [startRedisBus(t, prefix), startRedisBus(t, prefix)];
  const { heard, gaps } = listenTo(there);
  listenTo(here);
  await until(() => here.isUp() && there.isUp());
  await there.join(5);
  const before = gaps.length;
  const admin = new Redis(redis.url);
  t.teardown(() => admin.disconnect());
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await until(() => gaps.length > before && here.isUp() && there.isUp());
  await here.publish([5], { frame: 'after the break' });
  await until(() => heard.length === 1);
  t.same(heard, [[5, { frame: 'after the break' }]]);
});

test('what was published while Redis was stopped becomes a gap for the others', async (t) => {
  const prefix = newPrefix();
  const [here, there] = [startRedisBus(t, prefix), startRedisBus(t, prefix)];
  const own = listenTo(here);
  const { gaps } = listenTo(there);
  await until(() => here.isUp() && there.isUp());
  await Promise.all([here.join(5), there.join(5)]);
  const admin = new Redis(redis.url);
  t.teardown(() => admin.disconnect());
  await admin.call('CLIENT', 'PAUSE', '2500', 'ALL');
  const started = Date.now();
  await here.publish([5], { frame: 'into the void' });
  await here.publish([5], { frame: 'again' });
  t.ok(Date.now() - started < 1_500, 'a publisher is not held up for long');
  t.equal(here.isUp(), false);
  t.equal(own.heard.length, 2, 'sockets of its own process hear it all the same');
  const before = gaps.length;
  await until(() => here.isUp() && gaps.length > before, 15_000);
  t.pass('both are up again and the other had a gap');
});

test('what was published before a bus was up becomes a gap for the others', async (t) => {
  const prefix = newPrefix();
  const there = startRedisBus(t, prefix);
  const { gaps } = listenTo(there);
  await until(() => there.isUp());
  const before = gaps.length;
  const here = startRedisBus(t, prefix);
  t.equal(here.isUp(), false);
  await here.publish([5], { frame: 'too early' });
  await until(() => here.isUp() && gaps.length > before);
  t.pass('the other had a gap');
});

test('a bus that starts before Redis is there comes up with it', async (t) => {
  const bus = redisBus({ url: 'redis://127.0.0.1:1', prefix: newPrefix(), log });
  t.teardown(() => bus.close());
  const { heard } = listenTo(bus);
  await bus.join(1);
  await bus.publish([1], { frame: 'here alone' });
  t.same(heard, [[1, { frame: 'here alone' }]]);
  t.equal(bus.isUp(), false);
});
