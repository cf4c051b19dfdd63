import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import type { TestSocket } from '../support/socket.ts';

const put = (by: TestUser, id: string, name: string, role?: string) =>
  by.put(`/conversations/${id}/members/${name}`, role === undefined ? {} : { json: { role } });
const remove = (by: TestUser, id: string, name: string) =>
  by.delete(`/conversations/${id}/members/${name}`);

for (const store of storeNames) {
  test(`who hears of members, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store, env: { PRESENCE_MAX_MEMBERS: '3' } });
    const names = ['ana', 'ben', 'cleo', 'dan'];
    const [ana, ben, cleo, dan] = await Promise.all(names.map(app.signUp));
    if (!ana || !ben || !cleo || !dan) throw new Error('nobody signed up');
    const sockets = new Map<string, TestSocket>();
    for (const user of [ana, ben, cleo, dan]) sockets.set(user.username, await user.socket());
    t.teardown(() => {
      for (const socket of sockets.values()) socket.close();
    });
    const mark = await ana.createRoom('To know that all before has arrived', {
      members: ['ben', 'cleo', 'dan'],
    });

    /** What each heard of this conversation while `act` ran, by username. */
    const heardOf = async (id: string, act: () => Promise<unknown>) => {
      for (const { frames } of sockets.values()) frames.length = 0;
      await act();
      const { body } = await ana.postMessage(mark, 'all before has arrived');
      const heard: Record<string, unknown[]> = {};
      for (const [name, socket] of sockets) {
        await socket.waitForEvent('message.created', body.id);
        const events = socket.frames.filter((frame) => frame['id'] === id);
        if (events.length > 0) heard[name] = events.map(({ event }) => event);
      }
      return heard;
    };
    const created = ['conversation.created'];
    const updated = ['conversation.updated'];
    const removed = ['conversation.removed'];

    t.test('in a small room all hear of everybody', async (t) => {
      const id = await ana.createRoom('Small', { visibility: 'public', members: ['ben'] });
      const join = () => put(cleo, id, 'cleo');
      t.same(await heardOf(id, join), { ana: updated, ben: updated, cleo: created });
      t.same(await heardOf(id, join), {}, 'nothing happened');
      const promote = () => put(ana, id, 'cleo', 'moderator');
      t.same(await heardOf(id, promote), { ana: updated, ben: updated, cleo: updated });
      t.same(await heardOf(id, promote), {}, 'nothing happened');
      const kick = () => remove(cleo, id, 'ben');
      t.same(await heardOf(id, kick), { ana: updated, ben: removed, cleo: updated });
      const leave = () => remove(ana, id, 'ana');
      t.same(await heardOf(id, leave), { ana: removed, cleo: updated });
      t.same(await heardOf(id, () => remove(cleo, id, 'cleo')), { cleo: removed });
    });

    t.test('in a large one only whom it concerns, and all of its title', async (t) => {
      const id = await ana.createRoom('Large', {
        visibility: 'public',
        members: ['ben', 'cleo'],
      });
      const before = (await ana.get(`/conversations/${id}`)).body.version;
      t.same(await heardOf(id, () => put(dan, id, 'dan')), { dan: created });
      const { body } = await ana.get(`/conversations/${id}`);
      t.match(body, { memberCount: 4, version: before + 1 }, 'the next sync shows it');
      t.same(await heardOf(id, () => put(ana, id, 'ben', 'moderator')), { ben: updated });
      const rename = () => ben.patch(`/conversations/${id}`, { json: { title: 'Larger' } });
      const all = { ana: updated, ben: updated, cleo: updated, dan: updated };
      t.same(await heardOf(id, rename), all);
      await app.signUp('eve');
      await put(ana, id, 'eve');
      t.same(await heardOf(id, () => remove(ana, id, 'ana')), { ana: removed, ben: updated });
      t.equal((await ben.get(`/conversations/${id}`)).body.role, 'owner');
    });
  });
}
