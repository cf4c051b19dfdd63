import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import t, { type Test, test } from 'tap';
import { startRedisCluster } from '../../scripts/support/redis-cluster.ts';
import { type RedisNode, untilInfo } from '../../scripts/support/redis-node.ts';
import { startRedisSentinel } from '../../scripts/support/redis-sentinel.ts';
import { redisBus } from '../../src/core/redis-bus.ts';
import { until } from '../support/until.ts';

const log = pino({ level: 'silent' });
const dir = mkdtempSync(join(tmpdir(), 'doorbell-failover-'));
const [cluster, sentinel] = await Promise.all([
  startRedisCluster({ dir: join(dir, 'cluster') }),
  startRedisSentinel({ dir: join(dir, 'sentinel') }),
]);
t.teardown(async () => {
  await Promise.all([cluster.stop(), sentinel.stop()]);
  rmSync(dir, { recursive: true });
});

const USER = 5;
/** Milliseconds from a fault until two processes hear each other again, on a busy machine too. */
const RECOVERY = 20_000;
const newPrefix = () => randomBytes(6).toString('hex');

/** A process that has user 5, and counts its gaps. */
async function startProcess(t: Test, url: string, prefix: string) {
  const bus = redisBus({ url, prefix, log });
  t.teardown(() => bus.close());
  const heard = new Set<string>();
  const process = { bus, heard, gaps: 0 };
  bus.listen({
    notice: (_, notice) => 'frame' in notice && heard.add(notice.frame),
    gap: () => {
      process.gaps += 1;
    },
  });
  await until(() => bus.isUp());
  await bus.join(USER);
  return process;
}

type Process = Awaited<ReturnType<typeof startProcess>>;

/** Rings the user at `to` fifty times a second, until the test ends or `stop`. */
function startRinging(t: Test, from: Process, to: Process) {
  const name = newPrefix();
  /** How many gaps `to` had had when each was rung. */
  const gapsBefore: number[] = [];
  let stopped = false;
  t.teardown(stop);

  const ringing = (async () => {
    while (!stopped) {
      const frame = `${name} ${gapsBefore.push(to.gaps)}`;
      await from.bus.publish([USER], { frame });
      await sleep(20);
    }
  })();

  async function stop(): Promise<void> {
    stopped = true;
    await ringing;
  }

  const lost = () => gapsBefore.filter((_, index) => !to.heard.has(`${name} ${index + 1}`));
  return {
    stop,
    lost,
    /** Lost, and `to` has had no gap since. */
    lostUnnoticed: () => lost().filter((gaps) => gaps === to.gaps),
    /** Resolves when something is heard that is rung from now on. */
    async heardAgain(): Promise<void> {
      const before = gapsBefore.length;
      const isHeard = () =>
        gapsBefore.some((_, index) => index >= before && to.heard.has(`${name} ${index + 1}`));
      await until(isHeard, RECOVERY);
    },
  };
}

/**
 * Two processes, started `apart` milliseconds from each other, ring each other while `fault` comes over
 * them. They must both have a gap, hear each other again, and have lost nothing unnoticed. Resolves to
 * the milliseconds from the end of the fault until both heard again.
 */
async function survives(
  t: Test,
  url: string,
  prefix: string,
  fault: () => Promise<void>,
  apart = 0,
): Promise<number> {
  const one = await startProcess(t, url, prefix);
  await sleep(apart);
  const other = await startProcess(t, url, prefix);
  const rings = [startRinging(t, one, other), startRinging(t, other, one)];
  await Promise.all(rings.map((ring) => ring.heardAgain()));
  const gaps = [one.gaps, other.gaps];
  const started = Date.now();
  await fault();
  const broken = Date.now();
  await Promise.all(rings.map((ring) => ring.heardAgain()));
  const recovery = Date.now() - broken;
  t.comment(`fault ${broken - started} ms, then ${recovery} ms until both hear again`);
  await Promise.all(rings.map((ring) => ring.stop()));
  await until(() => rings.every((ring) => ring.lostUnnoticed().length === 0)).catch(() => {});
  t.comment(`lost: ${rings.map((ring) => ring.lost().length)}, gaps: ${one.gaps}, ${other.gaps}`);
  t.same(
    rings.map((ring) => ring.lostUnnoticed().length),
    [0, 0],
    'whatever was lost was followed by a gap',
  );
  t.ok(one.gaps > Number(gaps[0]) && other.gaps > Number(gaps[1]), 'both had a gap');
  return recovery;
}

/** Stops the master, lets another take over, and lets the stopped one go on as if nothing had happened. */
async function pauseUntilReplaced(master: RedisNode, isReplaced: () => Promise<boolean>) {
  process.kill(master.pid, 'SIGSTOP');
  await until(isReplaced, RECOVERY);
  process.kill(master.pid, 'SIGCONT');
}

async function clientOf(t: Test, node: RedisNode): Promise<Redis> {
  const client = new Redis(node.url);
  t.teardown(() => client.disconnect());
  return client;
}

/** The replica of this master, and one of another master. */
async function replicasAround(t: Test, { port }: RedisNode) {
  const replicas: { node: RedisNode; isOurs: boolean }[] = [];
  for (const node of cluster.nodes) {
    const [role, , masterPort] = await (await clientOf(t, node)).role();
    if (role === 'slave') replicas.push({ node, isOurs: masterPort === port });
  }
  const own = replicas.find(({ isOurs }) => isOurs)?.node;
  const foreign = replicas.find(({ isOurs }) => !isOurs)?.node;
  if (!own || !foreign) throw new Error('the cluster has lost its replicas');
  return { own, foreign };
}

const untilReplica = ({ port }: RedisNode) =>
  untilInfo(port, ['info', 'replication'], /role:slave.*link_status:up/s);

t.jobs = 2;

test('processes that meet in a Redis Cluster', { buffered: true }, async (t) => {
  await t.test('survive kill -9 of the master, and of the node that REDIS_URL names', async (t) => {
    const prefix = newPrefix();
    const master = await cluster.masterOf(prefix);
    const { foreign } = await replicasAround(t, master);
    await survives(t, foreign.url.replace('redis', 'redis-cluster'), prefix, async () => {
      await foreign.kill();
      await master.kill();
    });
    await foreign.restart();
    await master.restart();
    await untilReplica(foreign);
    await untilReplica(master);
  });

  await t.test('survive a master that is stopped, replaced, and goes on', async (t) => {
    const prefix = newPrefix();
    const master = await cluster.masterOf(prefix);
    await survives(t, cluster.url, prefix, () =>
      pauseUntilReplaced(master, async () => (await cluster.masterOf(prefix)).port !== master.port),
    );
    await untilReplica(master);
  });

  await t.test('move at once when the slot moves', async (t) => {
    const prefix = newPrefix();
    const { own } = await replicasAround(t, await cluster.masterOf(prefix));
    const recovery = await survives(t, cluster.url, prefix, () => promote(t, own));
    t.ok(recovery < 3_000, 'sooner than by the lack of beats');
  });

  await t.test(
    'have the others resync after a move, whatever the former master took',
    async (t) => {
      const prefix = newPrefix();
      const { own } = await replicasAround(t, await cluster.masterOf(prefix));
      await startProcess(t, cluster.url, prefix);
      const said: string[] = [];
      const monitor = await (await clientOf(t, own)).monitor();
      t.teardown(() => monitor.disconnect());
      monitor.on('monitor', (_, words: string[]) => said.push(words.join(' ')));
      await promote(t, own);
      await until(() => said.some((words) => words.includes(prefix) && words.includes('resync')));
      t.pass('it was said');
    },
  );

  async function promote(t: Test, replica: RedisNode): Promise<void> {
    await untilReplica(replica);
    // Without asking the others, who learn of a replica too late to always agree.
    await (await clientOf(t, replica)).cluster('FAILOVER', 'TAKEOVER');
    await untilInfo(replica.port, ['info', 'replication'], /role:master/);
  }
});

test('processes that meet by Redis Sentinel', { buffered: true }, async (t) => {
  const otherThan = (node: RedisNode) => sentinel.nodes.find(({ port }) => port !== node.port);

  await t.test('survive a master that is stopped, replaced, and goes on', async (t) => {
    const master = await sentinel.master();
    await survives(t, sentinel.url, newPrefix(), async () => {
      await pauseUntilReplaced(master, async () => (await sentinel.master()).port !== master.port);
      await untilReplica(master);
    });
  });

  await t.test('survive kill -9 of the master', async (t) => {
    const master = await sentinel.master();
    await survives(t, sentinel.url, newPrefix(), () => master.kill());
    await master.restart();
  });

  await t.test('leave, one after the other, a master that does not know of its end', async (t) => {
    const master = await sentinel.master();
    const next = otherThan(master);
    if (!next) throw new Error('there is only one node');
    const [old, prefix] = [await clientOf(t, master), newPrefix()];
    const fault = async () => {
      await (await clientOf(t, next)).replicaof('NO', 'ONE');
      for (const node of sentinel.sentinels) await nameMaster(await clientOf(t, node), next.port);
      // One of them is wrong, and outvoted.
      const [first] = sentinel.sentinels;
      if (first) await nameMaster(await clientOf(t, first), 1);
      await until(async () => (await old.pubsub('NUMSUB', `{${prefix}}:all`))[1] === 0, RECOVERY);
    };
    await survives(t, sentinel.url, prefix, fault, 2_000);
  });

  async function nameMaster(client: Redis, port: number): Promise<void> {
    const name = sentinel.url.slice(sentinel.url.lastIndexOf('/') + 1);
    await client.call('SENTINEL', 'REMOVE', name);
    await client.call('SENTINEL', 'MONITOR', name, '127.0.0.1', port, '2');
  }
});
