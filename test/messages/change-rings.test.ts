import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestSocket } from '../support/socket.ts';
import { edit, react, remove, unreact } from './support/changes.ts';
import { openRoom } from './support/room.ts';

for (const store of storeNames) {
  test(`changes ring, stored in ${store}`, async (t) => {
    const bus = store === 'mysql' ? 'redis' : 'in process';
    const app = await startApp(t, { store, bus });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const cora = await app.signUp('cora');
    const eve = await app.signUp('eve');
    const id = await openRoom([ana, ben, cora]);
    // The other process of the same installation, where there can be one.
    const there = store === 'mysql' ? await startApp(t, { store, bus, env: app.env }) : app;

    const { body: message } = await ben.postMessage(id, 'the message in question');
    const { body: other } = await ana.postMessage(id, 'another of the messages');
    const clearedThrough = message.sequence;
    await cora.patch(`/conversations/${id}/preferences`, { json: { clearedThrough } });
    const sockets = await Promise.all([
      ana.socket(),
      ana.at(there).socket(),
      ben.at(there).socket(),
      cora.socket(),
      eve.socket(),
    ]);

    /** The frames about messages that each socket gets by what is done. */
    async function rungBy(work: () => Promise<unknown>): Promise<object[][]> {
      const about = ({ frames }: TestSocket) =>
        frames.filter(({ event }) => String(event).startsWith('message.'));
      const before = sockets.map((socket) => about(socket).length);
      await work();
      // What comes last shows that nothing else is under way.
      for (const user of [ana, eve]) {
        const notes = await user.open(user.username);
        const { body } = await user.postMessage(notes, 'the end of this step');
        for (const socket of user === ana ? sockets.slice(0, 2) : sockets.slice(4)) {
          await socket.waitForEvent('message.created', body.id);
        }
      }
      const { body: end } = await ana.postMessage(id, 'the end for the members');
      for (const socket of sockets.slice(0, 4))
        await socket.waitForEvent('message.created', end.id);
      return sockets.map((socket, n) =>
        about(socket)
          .slice(before[n])
          .filter(({ event }) => event !== 'message.created'),
      );
    }

    const frame = (messageId: string) => ({ event: 'message.updated', id: messageId });
    const toThoseWhoSee = [message, message, message].map((one) => [frame(one.id)]);

    t.test('every change rings at all sockets of all who see the message', async (t) => {
      const changes = {
        edit: () => edit(ben, message.id, 'the message as it is now'),
        react: () => react(ana, message.id, '👍'),
        unreact: () => unreact(ana.at(there), message.id, '👍'),
        delete: () => remove(ben.at(there), message.id),
      };
      for (const [name, change] of Object.entries(changes)) {
        t.same(await rungBy(change), [...toThoseWhoSee, [], []], name);
      }
      const all = [1, 2, 3, 4].map(() => [frame(other.id)]);
      t.same(await rungBy(() => react(cora, other.id, '👍')), [...all, []]);
    });

    t.test('what changes nothing, or is refused, rings nowhere', async (t) => {
      const { body: fresh } = await ben.postMessage(id, 'unchanged by all of it');
      await rungBy(() => react(ana, other.id, '🎉'));
      const rung = await rungBy(async () => {
        await edit(ben, fresh.id, ' unchanged by all of it ');
        await edit(ana, fresh.id, 'by somebody else');
        await remove(eve, fresh.id);
        await react(eve, fresh.id, '👍');
        await react(ana, other.id, '🎉');
        await unreact(ben, other.id, '🎉');
        await react(ana, message.id, '🎉');
        await remove(ben, message.id);
        await react(ana, fresh.id, 'nonsense');
      });
      t.same(rung, [[], [], [], [], []]);
    });

    t.test('a repeated post of what one cleared rings only at those who see it', async (t) => {
      const { body: own } = await cora.postMessage(id, 'posted and then cleared', 'key-1');
      const json = { clearedThrough: own.sequence };
      await cora.patch(`/conversations/${id}/preferences`, { json });
      const heard = (socket: TestSocket | undefined) =>
        socket?.frames.filter((one) => one['id'] === own.id).length;
      await rungBy(() => cora.postMessage(id, 'posted and then cleared', 'key-1'));
      t.same(sockets.map(heard), [2, 2, 2, 1, 0]);
    });

    t.test('the answer comes after the announcement', async (t) => {
      const [socket] = sockets;
      const { body: fresh } = await ana.postMessage(id, 'to be edited at once');
      await edit(ana, fresh.id, 'edited at once');
      t.ok(await socket?.waitForEvent('message.updated', fresh.id, 50));
    });
  });
}
