import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

const create = (user: TestUser, json: object) => user.post('/conversations', { json });

for (const store of storeNames) {
  test(`making rooms, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store, env: { MAX_USERS_IN_ROOM: '5' } });
    const [ana, ben, cleo, dan, eve] = await Promise.all(
      ['ana', 'ben', 'cleo', 'dan', 'eve'].map(app.signUp),
    );
    if (!ana || !ben || !cleo || !dan || !eve) throw new Error('nobody signed up');

    t.test('a room is private, open to all history and without a limit of its own', async (t) => {
      const { status, headers, body } = await create(ana, { title: ' The  kitchen\n' });
      t.equal(status, 201);
      t.equal(headers.get('location'), `/api/v1/conversations/${body.id}`);
      t.match(body, {
        kind: 'room',
        title: 'The  kitchen',
        topic: null,
        visibility: 'private',
        history: 'all',
        role: 'owner',
        memberCount: 1,
        maxMembers: null,
        lastSequence: 0,
        version: 1,
        unread: 0,
        with: null,
      });
      t.same((await ana.get(`/conversations/${body.id}`)).body, body);
    });

    t.test('what it is made with is what it is, for every member', async (t) => {
      const { status, body } = await create(ana, {
        title: 'The office',
        topic: ' who has the key? ',
        visibility: 'public',
        history: 'joined',
        members: ['ben', 'BEN', 'ana', 'cleo'],
        maxMembers: 3,
      });
      t.equal(status, 201);
      const room = {
        title: 'The office',
        topic: 'who has the key?',
        visibility: 'public',
        history: 'joined',
        memberCount: 3,
        maxMembers: 3,
      };
      t.match(body, { ...room, role: 'owner' });
      for (const member of [ben, cleo]) {
        t.match((await member.get(`/conversations/${body.id}`)).body, { ...room, role: 'member' });
      }
      t.equal((await dan.get(`/conversations/${body.id}`)).status, 404);
    });

    t.test('all its members hear of it, the other devices of its maker too', async (t) => {
      const sockets = await Promise.all([ana.socket(), ben.socket(), dan.socket()]);
      const id = await ana.createRoom('News', { members: ['ben'] });
      for (const socket of sockets.slice(0, 2))
        await socket.waitForEvent('conversation.created', id);
      t.equal((await ana.postMessage(id, 'the first of the news')).status, 201);
      for (const socket of sockets.slice(0, 2)) {
        await socket.waitForEvent('message.created', `${id}-1`);
        socket.close();
      }
      t.same(sockets[2]?.frames.slice(1), []);
      sockets[2]?.close();
    });

    t.test('values that no room can have are a 400 that names them', async (t) => {
      const refused: [json: object, path: string][] = [
        [{}, 'title'],
        [{ title: '' }, 'title'],
        [{ title: '  ' }, 'title'],
        [{ title: 'x'.repeat(101) }, 'title'],
        [{ title: 'a\0b' }, 'title'],
        [{ title: 'a\ud800b' }, 'title'],
        [{ title: null }, 'title'],
        [{ title: 'x', topic: 'x'.repeat(501) }, 'topic'],
        [{ title: 'x', topic: 'a\0b' }, 'topic'],
        [{ title: 'x', topic: 7 }, 'topic'],
        [{ title: 'x', visibility: 'secret' }, 'visibility'],
        [{ title: 'x', history: 'none' }, 'history'],
        [{ title: 'x', maxMembers: 0 }, 'maxMembers'],
        [{ title: 'x', maxMembers: 6 }, 'maxMembers'],
        [{ title: 'x', maxMembers: '3' }, 'maxMembers'],
        [{ title: 'x', members: 'ben' }, 'members'],
        [{ title: 'x', members: ['ben', 'nobody'] }, 'members.1'],
        [{ title: 'x', members: ['ben '] }, 'members.0'],
        [{ title: 'x', members: ['ana', '\u212aben'] }, 'members.1'],
      ];
      for (const [json, path] of refused) {
        const { status, body } = await create(ana, json);
        t.match({ status, body }, { status: 400, body: { code: 'invalid_input' } });
        t.equal(body.errors?.[0]?.path, path, JSON.stringify(json));
      }
    });

    t.test('a title has up to 100 code points, however they are stored', async (t) => {
      for (const title of ['👩'.repeat(100), '\ufb2c'.repeat(100), 'İ'.repeat(100)]) {
        const { status, body } = await create(ana, { title, visibility: 'public', topic: title });
        t.equal(status, 201);
        t.equal(body.title, title);
        t.equal(body.topic, title);
        t.equal((await ana.delete(`/conversations/${body.id}`)).status, 204);
      }
    });

    t.test('more members than it may have are a 409', async (t) => {
      const members = ['ben', 'cleo'];
      t.equal((await create(ana, { title: 'x', members, maxMembers: 3 })).status, 201);
      const full = await create(ana, { title: 'x', members, maxMembers: 2 });
      t.match(full, { status: 409, body: { code: 'room_full' } });
      await app.signUp('fred');
      const everybody = [...members, 'dan', 'eve', 'fred'];
      const overCap = await create(ana, { title: 'x', members: everybody });
      t.match(overCap, { status: 409, body: { code: 'room_full' } });
    });

    t.test('nobody brings in whom they have blocked, or who has blocked them', async (t) => {
      const users = await app.db.selectFrom('users').select(['id', 'username']).execute();
      const idOf = (name: string) => users.find((user) => user.username === name)?.id ?? 0;
      const row = { blocker_id: idOf('dan'), blocked_id: idOf('eve'), created_at: 1 };
      await app.db.insertInto('blocks').values(row).execute();
      for (const [maker, members] of [
        [dan, ['ben', 'eve']],
        [eve, ['dan', 'ben']],
      ] as const) {
        const refused = await create(maker, { title: 'x', members });
        t.match(refused, { status: 403, body: { code: 'blocked' } });
        t.match((await maker.get('/conversations')).body.conversations, []);
      }
      t.equal((await create(ana, { title: 'x', members: ['dan', 'eve'] })).status, 201);
      await app.db.deleteFrom('blocks').execute();
    });
  });
}
