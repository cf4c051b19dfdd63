import { type Test, test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import { react, read } from './support/changes.ts';
import { openRoom } from './support/room.ts';

const EMOJI = encodeURIComponent('👍');

/** Every call that is about a message there is. */
const calls = (user: TestUser, messageId: string) => {
  const path = `/messages/${messageId}`;
  return {
    edit: () => user.patch(path, { json: { body: 'changed by me' } }),
    delete: () => user.delete(path),
    react: () => user.put(`${path}/reactions/${EMOJI}`),
    unreact: () => user.delete(`${path}/reactions/${EMOJI}`),
    'list who reacted': () => user.get(`${path}/reactions`),
    'page who reacted': () => user.get(`${path}/reactions?emoji=${EMOJI}&after=${EMOJI}.ana`),
    fetch: () => user.get(path),
  };
};

for (const store of storeNames) {
  test(`messages that are not one’s to see, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const cora = await app.signUp('cora');
    const eve = await app.signUp('eve');
    const id = await openRoom([ana, ben, cora], { cora: 'moderator' });
    const { body: message } = await cora.postMessage(id, 'between the three of us');
    await react(ana, message.id, '👍');
    const asItIs = await read(ana, message.id);

    /** All calls fail as they do for what is not there, and change nothing. */
    async function requireAbsent(t: Test, user: TestUser, ...messageIds: string[]) {
      for (const messageId of messageIds) {
        for (const [name, call] of Object.entries(calls(user, messageId))) {
          const absent = await calls(user, '999999-1')[name as 'edit']();
          const { status, body } = await call();
          t.equal(status, 404, `${user.username}: ${name} ${messageId}`);
          t.same({ ...body, requestId: '' }, { ...absent.body, requestId: '' });
        }
      }
    }

    t.test('for a stranger each is as one that is not there', async (t) => {
      const malformed = ['x', '1-', `${id}-1-1`, `0${id}-1`, `${id}-1e0`, `${id}-%00`];
      await requireAbsent(t, eve, message.id, `${id}-2`, `${id}-0`, ...malformed);
      t.same(await read(ana, message.id), asItIs);
    });

    t.test('for a member too, when there is no such message', async (t) => {
      await requireAbsent(t, ana, `${id}-2`, `${id}-999999`, `${id}-0`);
    });

    t.test('what a member has cleared is gone for them alone, be it their own', async (t) => {
      const json = { clearedThrough: 1 };
      t.equal((await cora.patch(`/conversations/${id}/preferences`, { json })).status, 200);
      await requireAbsent(t, cora, message.id);
      t.same(await read(ana, message.id), asItIs);
      const reply = await cora.post(`/conversations/${id}/messages`, {
        json: { body: 'to what I cleared', replyTo: message.id },
      });
      t.match(reply, { status: 400, body: { errors: [{ path: 'replyTo' }] } });
    });

    t.test('whoever is not a member any more is a stranger', async (t) => {
      const member = `/conversations/${id}/members/ben`;
      const { body: own } = await ben.postMessage(id, 'my last words here', 'key-1');
      t.equal((await ben.delete(member)).status, 204);
      await requireAbsent(t, ben, message.id, own.id);
      await ana.patch(`/conversations/${id}`, { json: { history: 'joined' } });
      t.equal((await ana.put(member)).status, 201);
      await requireAbsent(t, ben, message.id, own.id);
      t.same(await read(ana, message.id), asItIs);
    });

    t.test('without signing in each is a 401', async (t) => {
      const path = `/messages/${message.id}`;
      for (const [method, rest] of [
        ['PATCH', ''],
        ['DELETE', ''],
        ['PUT', `/reactions/${EMOJI}`],
        ['DELETE', `/reactions/${EMOJI}`],
        ['GET', '/reactions'],
      ] as const) {
        t.equal((await app.request(method, path + rest)).status, 401, method + rest);
      }
    });
  });
}
