import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import type { TestSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

const heard = (socket: TestSocket) => socket.frames.filter((frame) => frame['event'] === 'typing');

let refs = 0;
const type = (socket: TestSocket, conversationId: unknown) => {
  refs += 1;
  return socket.command('typing', `t${refs}`, { conversationId });
};

/** Everything that was sent to the socket before this has arrived. */
const settled = async (user: TestUser, sockets: readonly TestSocket[]): Promise<void> => {
  const id = await user.createRoom('a room to hear of', {
    members: ['ana', 'ben', 'eve'].filter((name) => name !== user.username),
  });
  await Promise.all(sockets.map((socket) => socket.waitForEvent('conversation.created', id)));
};

for (const store of storeNames) {
  test(`typing, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store, env: { PRESENCE_MAX_MEMBERS: '3' } });
    const [ana, ben, eve] = [
      await app.signUp('ana'),
      await app.signUp('ben'),
      await app.signUp('eve'),
    ];
    await app.signUp('pam');
    const [typist, tablet, listener, other] = [
      await ana.socket(),
      await ana.socket(),
      await ben.socket(),
      await eve.socket(),
    ];
    const direct = await ana.open('ben');

    t.test('shows to the other members, and to nobody else', async (t) => {
      t.same(await type(typist, direct), { ref: `t${refs}`, status: 202 });
      await settled(ana, [typist, tablet, listener, other]);
      t.same(heard(listener), [{ event: 'typing', id: direct, user: 'ana' }]);
      for (const socket of [typist, tablet, other]) t.same(heard(socket), []);
    });

    t.test('shows at most every two seconds, of each in each conversation', async (t) => {
      const room = await ana.createRoom('three of us', { members: ['ben', 'eve'] });
      const before = heard(listener).length;
      const started = performance.now();
      let times = 0;
      while (performance.now() - started < 1_800) {
        times += 1;
        for (const socket of [typist, tablet]) {
          t.equal((await type(socket, room))['status'], 202);
        }
        await sleep(100);
      }
      await type(other, room);
      await settled(ana, [listener]);
      t.ok(times > 3, 'the premise');
      t.same(heard(listener).slice(before), [
        { event: 'typing', id: room, user: 'ana' },
        { event: 'typing', id: room, user: 'eve' },
      ]);
      await sleep(400);
      await type(typist, room);
      await settled(ana, [listener]);
      t.equal(heard(listener).length, before + 3, 'and then again');
    });

    t.test('is refused where one is no member', async (t) => {
      for (const id of [direct, '999999', 'nonsense']) {
        t.match(await type(other, id), { status: 404, code: 'not_found' }, id);
      }
      t.match(await type(other, 7), { status: 400, code: 'invalid_input' });
      await settled(ana, [listener]);
      t.notOk(heard(listener).some((frame) => frame['id'] === direct && frame['user'] === 'eve'));
    });

    t.test('shows to nobody in a large room', async (t) => {
      const room = await ana.createRoom('four of us', { members: ['ben', 'eve', 'pam'] });
      t.equal((await type(typist, room))['status'], 202);
      await settled(ana, [listener, other]);
      for (const socket of [listener, other]) {
        t.notOk(heard(socket).some((frame) => frame['id'] === room));
      }
    });

    t.test('does not pass a block, and does not show that there is one', async (t) => {
      const notYet = await eve.open('ben');
      const room = await ana.createRoom('with a block', { members: ['ben', 'eve'] });
      await ben.put('/users/eve/block');
      const before = [heard(listener).length, heard(other).length];
      for (const socket of [listener, other]) {
        t.equal((await type(socket, notYet))['status'], 202);
        t.equal((await type(socket, room))['status'], 202);
      }
      await settled(ana, [typist, listener, other]);
      t.same([heard(listener).length, heard(other).length], before);
      t.same(
        heard(typist)
          .filter(({ id }) => id === room)
          .map(({ user }) => user),
        ['ben', 'eve'],
        'whom no block keeps apart',
      );
    });
  });
}

test('without typing the command is taken and nothing is shown', async (t) => {
  const app = await startApp(t, { env: { TYPING: 'off' } });
  const [ana, ben, eve] = [
    await app.signUp('ana'),
    await app.signUp('ben'),
    await app.signUp('eve'),
  ];
  const id = await ana.open('ben');
  const [typist, listener, stranger] = [await ana.socket(), await ben.socket(), await eve.socket()];
  t.equal((await type(typist, id))['status'], 202);
  t.equal((await type(stranger, id))['status'], 404);
  await settled(ana, [listener]);
  t.same(heard(listener), []);
});

test('typing shows through another process', async (t) => {
  const app = await startApp(t, { store: 'mysql', bus: 'redis' });
  const other = await startApp(t, { env: app.env });
  const isUp = async (one: typeof app) =>
    (await one.request('GET', '/health/ready')).body.bus === 'up';
  await until(async () => (await isUp(app)) && (await isUp(other)));
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const id = await ana.open('ben');
  const [typist, listener] = [await ana.socket(), await ben.at(other).socket()];
  await type(typist, id);
  t.same(await listener.waitForEvent('typing'), { event: 'typing', id, user: 'ana' });
});

test('who is behind with reading misses it, and is owed nothing for it', async (t) => {
  const app = await startApp(t, { env: { COMMANDS_PER_SECOND: '1000' } });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const id = await ana.open('ben');
  const rooms: string[] = [];
  for (let n = 0; n < 300; n += 1)
    rooms.push(await ana.createRoom(`room ${n}`, { members: ['ben'] }));
  const [typist, slow] = [await ana.socket(), await ben.socket()];
  slow.socket.pause();
  for (let n = 0; n < 60; n += 1) await ana.postMessage(id, 'a message among many');
  // More than may wait.
  for (const room of rooms) await type(typist, room);
  slow.socket.resume();
  await slow.waitForEvent('message.created', `${id}-60`);
  t.equal(slow.frames.filter(({ event }) => event === 'message.created').length, 60);
  t.same(heard(slow), []);
  t.notOk(slow.frames.some(({ event }) => event === 'resync'));
  await type(typist, id);
  await slow.waitForEvent('typing', id);
});

test('a heartbeat counts it like any frame', async (t) => {
  const app = await startApp(t, { env: { HEARTBEAT_SECONDS: '1' } });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const id = await ana.open('ben');
  const [typist, listener] = [await ana.socket(), await ben.socket()];
  await type(typist, id);
  await ana.postMessage(id, 'what was typed');
  await listener.waitForEvent('message.created');
  const counted = listener.frames.filter(({ event }) => !/ready|heartbeat/.test(String(event)));
  t.ok(counted.length >= 2 && heard(listener).length === 1, 'the premise');
  const fresh = listener.frames.length;
  await until(() => listener.frames.slice(fresh).some(({ event }) => event === 'heartbeat'));
  const sum = listener.frames
    .filter(({ event }) => !/ready|heartbeat/.test(String(event)))
    .reduce((all, frame) => (all + fnv(JSON.stringify(frame))) % 2 ** 32, 0);
  t.equal(listener.frames.findLast(({ event }) => event === 'heartbeat')?.['sum'], sum);
});

/** RFC 9923, 32 bits, by the book. */
const fnv = (text: string): number =>
  Number(
    Buffer.from(text).reduce(
      (hash, octet) => ((hash ^ BigInt(octet)) * 0x01000193n) % 2n ** 32n,
      0x811c9dc5n,
    ),
  );
