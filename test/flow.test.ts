// The tour: what Doorbell does, from end to end, over a real server and through the client that
// applications use. Start reading here.
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { Doorbell, type Message } from '../src/client/index.ts';
import { emptyStore, redisUrl, type StoreName } from './support/databases.ts';
import { startServer } from './support/process.ts';
import { recorded, recording } from './support/recorder.ts';
import { until } from './support/until.ts';

const installations: Record<string, { store: StoreName; env: () => Record<string, string> }> = {
  'SQLite, one process': { store: 'sqlite', env: () => ({}) },
  'MariaDB and Redis': {
    store: 'mysql',
    env: () => ({ REDIS_URL: redisUrl(), REDIS_PREFIX: randomBytes(6).toString('hex') }),
  },
};

for (const [name, { store, env }] of Object.entries(installations)) {
  test(`Ana and Ben talk: ${name}`, async (t) => {
    const server = await startServer(t, { ...(await emptyStore(t, store)), ...env() });
    const join = async (username: string) => {
      const client = new Doorbell({ url: server.url, ...recording });
      t.teardown(() => client.close());
      await client.register({
        username,
        email: `${username}@example.org`,
        password: 'correct horse battery',
      });
      await client.connect();
      return client;
    };
    const [ana, ben] = await Promise.all([join('ana'), join('ben')]);
    const heard: Message[] = [];
    ben.on('message', (message) => heard.push(message));

    // Ana opens the conversation; Ben's client hears of it.
    const { id } = await ana.openDirect('ben');
    await until(() => ben.conversation(id) !== undefined);
    t.equal(ben.conversation(id)?.with?.username, 'ana');

    // A message rings, and is fetched: the same on both sides.
    const posted = await ana.post(id, 'Hello Ben');
    t.match(posted, { id: `${id}-1`, sequence: 1, sender: 'ana', body: 'Hello Ben' });
    await until(() => heard.length === 1);
    t.same(heard, [posted]);
    t.equal(ben.conversation(id)?.unread, 1);

    // A lively talk arrives whole and in one order, whoever looks.
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        (n % 2 ? ana : ben).post(id, `Line ${n} of a lively talk`),
      ),
    );
    await until(() => [ana, ben].every((client) => client.messages(id).at(-1)?.sequence === 41));
    t.same(ana.messages(id), ben.messages(id));

    // Ben goes away; what is posted meanwhile is there when he is back, and no message was twice.
    ben.close();
    for (let n = 0; n < 30; n += 1) await ana.post(id, `While you were away ${n}`);
    await ben.connect();
    t.equal(ben.messages(id).at(-1)?.sequence, 71);
    t.same(
      heard.map(({ sequence }) => sequence),
      Array.from({ length: 71 }, (_, n) => n + 1),
    );

    // A new device starts with the last 15, and pages back to the beginning.
    const tablet = new Doorbell({ url: server.url, ...recording });
    t.teardown(() => tablet.close());
    await tablet.login('ben', 'correct horse battery');
    await tablet.connect();
    t.same(
      (await tablet.loadLast(id)).map(({ sequence }) => sequence),
      Array.from({ length: 15 }, (_, n) => n + 57),
    );
    while (tablet.hasOlder(id)) await tablet.loadOlder(id);
    t.same(tablet.messages(id), ben.messages(id));

    // The server dies in the middle of it all and comes back; nobody does anything.
    await server.stop('SIGKILL');
    const late = ana.post(id, 'Posted while there was no server');
    await startServer(t, { ...server.env, PORT: new URL(server.url).port });
    t.equal((await late).sequence, 72);
    await until(
      () => [ana, ben, tablet].every((client) => client.messages(id).at(-1)?.sequence === 72),
      30_000,
    );
    t.same(tablet.messages(id), ben.messages(id));

    // Ana makes a room. Ben reads what she says there and reacts; she corrects herself.
    const { id: room } = await ana.createRoom({ title: 'Bell ringers', members: ['ben'] });
    await until(() => [ben, tablet].every((client) => client.conversation(room) !== undefined));
    const line = await ana.post(room, 'Practice is on Thursday');
    await until(() => ben.messages(room).length === 1);
    await ben.markRead(room);
    await ben.react(line.id, '🔔');
    await ana.edit(line.id, 'Practice is on Friday');
    await until(() => tablet.messages(room)[0]?.body === 'Practice is on Friday');
    await until(() => tablet.conversation(room)?.unread === 0);
    t.match(tablet.messages(room), [{ reactions: [{ emoji: '🔔', count: 1, mine: true }] }]);

    // He leaves, on all of his devices.
    await ben.leave(room);
    await until(() => tablet.conversation(room) === undefined);
    t.equal(ana.messages(room).length, 1);

    // Of all that was said, no socket was ever told a word; the server's teardown searches for it.
    t.ok(recorded().bodies >= 72, 'the premise');
    t.ok(recorded().frames >= 100, 'the premise');

    // Signed out is signed out.
    await ben.logout();
    t.equal(ben.state, 'signedOut');
    await t.rejects(ben.post(id, 'One more thing'));
  });
}
