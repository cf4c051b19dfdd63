import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

const edit = (user: TestUser, id: string, json: object) =>
  user.patch(`/conversations/${id}`, { json });
const versionOf = async (user: TestUser, id: string): Promise<number> =>
  (await user.get(`/conversations/${id}`)).body.version;

for (const store of storeNames) {
  test(`changing and ending rooms, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store, env: { MAX_USERS_IN_ROOM: '5' } });
    const [ana, ben, cleo, dan] = await Promise.all(['ana', 'ben', 'cleo', 'dan'].map(app.signUp));
    if (!ana || !ben || !cleo || !dan) throw new Error('nobody signed up');

    t.test('a change is counted, seen and heard by every member', async (t) => {
      const id = await ana.createRoom('Before', { members: ['ben'], topic: 'a topic' });
      const before = await versionOf(ben, id);
      const sockets = await Promise.all([ana.socket(), ben.socket()]);
      const { status, body } = await edit(ana, id, {
        title: ' After ',
        visibility: 'public',
        history: 'joined',
        maxMembers: 4,
      });
      t.equal(status, 200);
      const after = {
        title: 'After',
        topic: 'a topic',
        visibility: 'public',
        history: 'joined',
        maxMembers: 4,
        version: before + 1,
      };
      t.match(body, after);
      t.match((await ben.get(`/conversations/${id}`)).body, after);
      for (const socket of sockets) {
        await socket.waitForEvent('conversation.updated', id);
        socket.close();
      }
      const undone = { visibility: 'private', history: 'all', maxMembers: null } as const;
      t.match((await edit(ana, id, undone)).body, { ...undone, version: before + 2 });
    });

    t.test('when a room becomes public, all of its history does', async (t) => {
      const id = await ana.createRoom('To be opened', { history: 'joined' });
      for (const n of [1, 2, 3]) await ana.postMessage(id, `before opening ${n}`);
      for (const name of ['ben', 'cleo']) await ana.put(`/conversations/${id}/members/${name}`);
      await ana.postMessage(id, 'one that both may clear');
      await cleo.patch(`/conversations/${id}/preferences`, { json: { clearedThrough: 4 } });
      t.equal((await ben.get(`/messages/${id}-1`)).status, 404);
      await edit(ana, id, { visibility: 'public' });
      t.equal((await ben.get(`/messages/${id}-1`)).status, 200);
      t.equal((await ben.readAll(id)).length, 4);
      t.equal((await cleo.get(`/messages/${id}-4`)).status, 404, 'cleared is cleared');
    });

    t.test('a topic is cleared by an empty one, white space or null', async (t) => {
      const id = await ana.createRoom('With a topic', { topic: 'one' });
      for (const topic of ['', ' \n ', null]) {
        t.equal((await edit(ana, id, { topic: 'something' })).body.topic, 'something');
        t.equal((await edit(ana, id, { topic })).body.topic, null, JSON.stringify(topic));
      }
    });

    t.test('what changes nothing is not counted, and nobody hears of it', async (t) => {
      const room = { topic: 'a topic', visibility: 'public', history: 'joined', maxMembers: 4 };
      const id = await ana.createRoom('The same', { ...room, members: ['ben'] });
      const before = await versionOf(ana, id);
      const socket = await ben.socket();
      for (const json of [{}, { title: ' The same' }, { ...room, topic: ' a topic ' }]) {
        const { status, body } = await edit(ana, id, json);
        t.equal(status, 200);
        t.equal(body.version, before);
      }
      await ana.postMessage(id, 'nothing was changed');
      await socket.waitForEvent('message.created', `${id}-1`);
      t.notOk(socket.frames.some(({ event }) => event === 'conversation.updated'));
      socket.close();
    });

    t.test(
      'a limit below the members that there are is a 400, the present one is not',
      async (t) => {
        const id = await ana.createRoom('Crowded', { members: ['ben', 'cleo'] });
        const { status, body } = await edit(ana, id, { maxMembers: 2 });
        t.equal(status, 400);
        t.equal(body.errors[0].path, 'maxMembers');
        t.equal((await edit(ana, id, { maxMembers: 6 })).body.errors[0].path, 'maxMembers');
        t.match((await edit(ana, id, { maxMembers: 3 })).body, { maxMembers: 3 });
        const full = await ana.put(`/conversations/${id}/members/dan`);
        t.match(full, { status: 409, body: { code: 'room_full' } });
      },
    );

    t.test('title and topic are for owners and moderators, the rest for owners', async (t) => {
      const id = await ana.createRoom('Roles', { members: ['ben', 'cleo'] });
      await ana.put(`/conversations/${id}/members/ben`, { json: { role: 'moderator' } });
      const changes = [
        { title: 'Of a moderator' },
        { topic: 'of a moderator' },
        { visibility: 'public' },
        { history: 'joined' },
        { maxMembers: 4 },
        { title: 'Half allowed', maxMembers: 4 },
      ];
      const statuses = async (user: TestUser) => {
        const answers = [];
        for (const json of changes) answers.push((await edit(user, id, json)).status);
        return answers;
      };
      t.same(await statuses(ben), [200, 200, 403, 403, 403, 403]);
      t.same(await statuses(cleo), [403, 403, 403, 403, 403, 403]);
      t.same(await statuses(dan), [404, 404, 404, 404, 404, 404]);
      t.equal((await ana.get(`/conversations/${id}`)).body.title, 'Of a moderator');
      t.same(await statuses(ana), [200, 200, 200, 200, 200, 200]);
      t.match(await edit(cleo, id, {}), { status: 403, body: { code: 'role_required' } });
    });

    t.test('a room is ended by its owner, for everybody and at once', async (t) => {
      const id = await ana.createRoom('Short-lived', {
        members: ['ben', 'cleo'],
        visibility: 'public',
      });
      await ana.put(`/conversations/${id}/members/ben`, { json: { role: 'moderator' } });
      await ana.postMessage(id, 'it was nice here');
      for (const user of [ben, cleo]) {
        const refused = await user.delete(`/conversations/${id}`);
        t.match(refused, { status: 403, body: { code: 'role_required' } });
      }
      t.equal((await dan.delete(`/conversations/${id}`)).status, 404);
      const sockets = await Promise.all([ana, ben, cleo].map((user) => user.socket()));
      t.equal((await ana.delete(`/conversations/${id}`)).status, 204);
      for (const socket of sockets) {
        await socket.waitForEvent('conversation.removed', id);
        socket.close();
      }
      for (const user of [ana, ben, cleo]) {
        t.equal((await user.get(`/conversations/${id}`)).status, 404);
        t.equal((await user.get(`/messages/${id}-1`)).status, 404);
        t.equal((await user.postMessage(id, 'anybody here?')).status, 404);
        t.equal((await user.put(`/conversations/${id}/members/${user.username}`)).status, 404);
        t.equal((await user.delete(`/conversations/${id}`)).status, 404);
        const json = { conversations: { [id]: [1, 1] } };
        const { events } = (await user.post('/sync', { json })).body;
        t.same(events[0], { event: 'conversation.removed', id });
      }
      const { rooms } = (await dan.get('/rooms')).body;
      t.notOk(rooms.some((room: { id: string }) => room.id === id));
    });

    t.test('a direct conversation is no room', async (t) => {
      const id = await ana.open('ben');
      for (const answer of [
        await edit(ana, id, { title: 'x' }),
        await ana.delete(`/conversations/${id}`),
        await ana.put(`/conversations/${id}/members/cleo`),
        await ana.put(`/conversations/${id}/members/ana`),
        await ana.delete(`/conversations/${id}/members/ben`),
        await ana.delete(`/conversations/${id}/members/ana`),
      ]) {
        t.match(answer, { status: 403, body: { code: 'rooms_only' } });
      }
      t.equal((await cleo.put(`/conversations/${id}/members/cleo`)).status, 404);
      t.equal((await ben.get(`/conversations/${id}`)).body.memberCount, 2);
    });
  });
}
