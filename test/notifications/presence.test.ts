import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import tap, { test } from 'tap';
import { databaseNow } from '../../src/core/dialect.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import type { TestSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

// They mostly wait.
tap.jobs = 10;

/** Milliseconds by which a change is written and told. */
const SOON = 5_000;
/** … and after which a departure is. */
const AFTER_GRACE = 9_000;
/** Milliseconds in which whatever was going to be told has been. */
const LONG_ENOUGH = 6_000;

const NEUTRAL = { online: false, lastSeenAt: null };

/** How often a socket was told of somebody. */
const heard = (socket: TestSocket, username: string): number =>
  socket.frames.filter((frame) => frame['event'] === 'user.updated' && frame['id'] === username)
    .length;

const hears = (socket: TestSocket, username: string, times: number, milliseconds: number) =>
  until(() => heard(socket, username) >= times, milliseconds);

/** What `viewer` is shown of a user, in every place that shows it; throws when two places disagree. */
async function shown(viewer: TestUser, username: string, conversation?: string) {
  const { body: user } = await viewer.get(`/users/${username}`);
  const list = await viewer.get(`/users?search=${username}&limit=1`);
  const places = [user, list.body.users[0]];
  if (conversation !== undefined) {
    const all = (await viewer.get('/conversations')).body.conversations;
    places.push(
      (await viewer.get(`/conversations/${conversation}`)).body.with,
      all.find((one: { id: string }) => one.id === conversation).with,
    );
  }
  const [first, ...others] = places.map(({ online, lastSeenAt }) => ({ online, lastSeenAt }));
  for (const other of others) {
    // The process may have given a sign of life between two requests.
    if (other.online !== first?.online) throw new Error(JSON.stringify(places));
  }
  return first;
}

for (const store of storeNames) {
  test(`presence, stored in ${store}`, async (t) => {
    t.jobs = 10;
    const app = await startApp(t, { store, env: { PRESENCE_MAX_MEMBERS: '3' } });
    const signUp = (...names: string[]) => Promise.all(names.map((name) => app.signUp(name)));

    t.test('a user is online from the first tab until after the last one', async (t) => {
      const [ana, ben, eve] = (await signUp('ana', 'ben', 'eve')) as [TestUser, TestUser, TestUser];
      const id = await ana.open('ben');
      t.same(await shown(ben, 'ana', id), NEUTRAL, 'never seen');
      const [listener, stranger] = [await ben.socket(), await eve.socket()];
      const first = await ana.socket();
      await hears(listener, 'ana', 1, SOON);
      const online = await shown(ben, 'ana', id);
      t.equal(online?.online, true);
      t.ok(Math.abs(Date.parse(online?.lastSeenAt ?? '') - Date.now()) < 15_000);
      t.match((await ana.get('/users/me')).body, { online: true, lastSeenAt: String });
      t.same(await shown(eve, 'ana'), NEUTRAL, 'to a stranger');

      const second = await ana.socket();
      first.close();
      await sleep(LONG_ENOUGH);
      t.equal((await shown(ben, 'ana', id))?.online, true);
      t.equal(heard(listener, 'ana'), 1, 'one tab of two is no news');

      second.close();
      await hears(listener, 'ana', 2, AFTER_GRACE);
      const offline = await shown(ben, 'ana', id);
      t.equal(offline?.online, false);
      t.ok(Date.parse(offline?.lastSeenAt ?? '') > Date.parse(online?.lastSeenAt ?? ''));
      t.match((await ana.get('/users/me')).body, offline, 'oneself sees oneself');
      t.same(await shown(eve, 'ana'), NEUTRAL);
      t.equal(heard(stranger, 'ana'), 0);
      t.equal(heard(listener, 'ben'), 0, 'nobody hears of themselves');
    });

    t.test('who reconnects at once was never away', async (t) => {
      const [ida, jon] = (await signUp('ida', 'jon')) as [TestUser, TestUser];
      const id = await ida.open('jon');
      const listener = await jon.socket();
      let socket = await ida.socket();
      await hears(listener, 'ida', 1, SOON);
      for (let n = 0; n < 3; n += 1) {
        socket.close();
        await sleep(1_500);
        t.equal((await shown(jon, 'ida', id))?.online, true);
        socket = await ida.socket();
      }
      await sleep(LONG_ENOUGH);
      t.equal(heard(listener, 'ida'), 1);
    });

    t.test('the shortest visit is one, and no news', async (t) => {
      const [kim, lou] = (await signUp('kim', 'lou')) as [TestUser, TestUser];
      const id = await kim.open('lou');
      const listener = await lou.socket();
      (await kim.socket()).close();
      await until(async () => (await shown(lou, 'kim', id))?.lastSeenAt !== null, AFTER_GRACE);
      await sleep(1_500);
      t.ok(heard(listener, 'kim') % 2 === 0, 'none, or its two ends');
      t.equal((await shown(lou, 'kim', id))?.online, false);
    });

    t.test('a large room makes nobody acquainted, a small one does', async (t) => {
      const [mia, ned, oda, pam] = (await signUp('mia', 'ned', 'oda', 'pam')) as TestUser[];
      if (!mia || !ned || !oda || !pam) return;
      await mia.createRoom('four of us', { members: ['ned', 'oda', 'pam'] });
      const sockets = await Promise.all([ned.socket(), oda.socket()]);
      const socket = await mia.socket();
      await sleep(LONG_ENOUGH);
      for (const one of sockets) t.equal(heard(one, 'mia'), 0);
      t.same(await shown(ned, 'mia'), NEUTRAL);

      await mia.createRoom('three of us', { members: ['ned', 'pam'] });
      t.equal((await shown(ned, 'mia'))?.online, true);
      t.same(await shown(oda, 'mia'), NEUTRAL);
      socket.close();
      await hears(sockets[0] as TestSocket, 'mia', 1, AFTER_GRACE);
      t.equal(heard(sockets[1] as TestSocket, 'mia'), 0);
    });

    t.test('across a block nobody sees or hears anything', async (t) => {
      const [ria, sam, tim] = (await signUp('ria', 'sam', 'tim')) as [TestUser, TestUser, TestUser];
      const id = await ria.open('sam');
      await ria.createRoom('all of us', { members: ['sam', 'tim'] });
      const sockets = await Promise.all([ria.socket(), sam.socket(), tim.socket()]);
      await hears(sockets[2], 'ria', 1, SOON);
      t.equal((await shown(sam, 'ria', id))?.online, true);
      const earlier = heard(sockets[1], 'ria');
      await sam.put('/users/ria/block');
      await hears(sockets[1], 'ria', earlier + 1, SOON);
      t.same(await shown(sam, 'ria', id), NEUTRAL);
      t.same(await shown(ria, 'sam', id), NEUTRAL);
      t.equal((await shown(tim, 'ria'))?.online, true);
      const before = sockets.map((socket) => heard(socket, 'ria'));
      sockets[0].close();
      await hears(sockets[2], 'ria', (before[2] ?? 0) + 1, AFTER_GRACE);
      t.equal(heard(sockets[1], 'ria'), before[1]);
      await sam.delete('/users/ria/block');
      t.match(await shown(sam, 'ria', id), { online: false, lastSeenAt: String });
    });
  });

  test(`a process that is silent for 25 seconds holds nobody, buried or not, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    await ana.open('ben');
    const { id } = await app.db
      .selectFrom('users')
      .select('id')
      .where('username', '=', 'ana')
      .executeTakeFirstOrThrow();
    const seenFor = async (milliseconds: number) => {
      const seen_at = sql<number>`${databaseNow(app.db)} - ${milliseconds}`;
      const process = { id: `silent for ${milliseconds}`, seen_at };
      await app.db.insertInto('processes').values(process).execute();
      await app.db.insertInto('online').values({ user_id: id, process_id: process.id }).execute();
      return (await ben.get('/users/ana')).body;
    };
    const late = await seenFor(26_000);
    t.match(late, { online: false, lastSeenAt: String });
    const early = await seenFor(20_000);
    t.equal(early.online, true);
    t.ok(early.lastSeenAt > late.lastSeenAt);
    await until(async () => (await ben.get('/users/ana')).body.online === false, 10_000);
    t.equal((await ben.get('/users/ana')).body.lastSeenAt, early.lastSeenAt);
  });

  test(`without presence nothing is shown, told or stored, in ${store}`, async (t) => {
    const app = await startApp(t, { store, env: { PRESENCE: 'off' } });
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const id = await ana.open('ben');
    const [listener, socket] = [await ben.socket(), await ana.socket()];
    await sleep(2_500);
    t.same(await shown(ben, 'ana', id), NEUTRAL);
    t.match((await ana.get('/users/me')).body, NEUTRAL);
    socket.close();
    await sleep(LONG_ENOUGH);
    t.equal(heard(listener, 'ana'), 0);
    await app.close();
    const next = await startApp(t, { env: { ...app.env, PRESENCE: 'off' } });
    for (const table of ['online', 'processes'] as const) {
      t.same(await next.db.selectFrom(table).selectAll().execute(), [], table);
    }
    const users = await next.db.selectFrom('users').select('last_seen_at').execute();
    t.ok(users.every((user) => user.last_seen_at === null));
  });

  test(`a shutdown leaves nobody online, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const id = await ana.open('ben');
    await Promise.all([ana.socket(), ben.socket()]);
    await until(async () => (await ben.get('/users/ana')).body.online, SOON);
    await app.close();
    const next = await startApp(t, { env: app.env });
    for (const table of ['online', 'processes'] as const) {
      t.same(await next.db.selectFrom(table).selectAll().execute(), [], table);
    }
    t.match(await shown(ben.at(next), 'ana', id), { online: false, lastSeenAt: String });
  });
}

test('of several processes each knows who is online through another', async (t) => {
  const app = await startApp(t, { store: 'mysql', bus: 'redis' });
  const other = await startApp(t, { env: app.env });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const id = await ana.open('ben');
  await Promise.all(
    [app, other].map((one) =>
      until(async () => (await one.request('GET', '/health/ready')).body.bus === 'up'),
    ),
  );
  const listener = await ben.at(other).socket();
  const first = await ana.socket();
  await hears(listener, 'ana', 1, SOON);
  const second = await ana.at(other).socket();
  for (const one of [app, other]) t.equal((await shown(ben.at(one), 'ana', id))?.online, true);
  await sleep(2_000);
  first.close();
  await sleep(LONG_ENOUGH);
  t.equal(heard(listener, 'ana'), 1, 'who stays online through another process is no news');
  t.equal((await shown(ben, 'ana', id))?.online, true);
  second.close();
  await hears(listener, 'ana', 2, AFTER_GRACE);
  t.equal((await shown(ben, 'ana', id))?.online, false);

  // Both at one moment, then away at one moment: somebody tells.
  const both = await Promise.all([ana.socket(), ana.at(other).socket()]);
  await hears(listener, 'ana', 3, SOON);
  await sleep(2_000);
  const before = heard(listener, 'ana');
  for (const socket of both) socket.close();
  await hears(listener, 'ana', before + 1, AFTER_GRACE);
  t.equal((await shown(ben, 'ana', id))?.online, false);
});
