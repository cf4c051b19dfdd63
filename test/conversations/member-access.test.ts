import { test } from 'tap';
import { type AppOptions, startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

const join = (user: TestUser, id: string) =>
  user.put(`/conversations/${id}/members/${user.username}`);
const remove = (by: TestUser, id: string, name: string) =>
  by.delete(`/conversations/${id}/members/${name}`);
const leave = (user: TestUser, id: string) => remove(user, id, user.username);
const sync = async (user: TestUser, conversations: object) =>
  (await user.post('/sync', { json: { conversations } })).body;
const rename = (user: TestUser, id: string, title: string) =>
  user.patch(`/conversations/${id}`, { json: { title } });

for (const store of storeNames) {
  test(`what comes and goes with membership, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');

    t.test('once a removal is answered, nothing of the room can be had', async (t) => {
      const id = await ana.createRoom('Left behind', { members: ['ben'] });
      for (let n = 1; n <= 3; n += 1) await ana.postMessage(id, `before the end ${n}`);
      const gets = [
        `/conversations/${id}`,
        `/conversations/${id}/members`,
        `/conversations/${id}/messages`,
        `/conversations/${id}/messages?after=0`,
        `/conversations/${id}/messages?around=2`,
        `/messages/${id}-2`,
      ];
      const batch = `/messages?ids=${id}-1,${id}-2`;
      for (const path of gets) t.equal((await ben.get(path)).status, 200, path);
      t.equal((await ben.get(batch)).body.messages.length, 2);
      const { conversations } = await sync(ben, {});
      t.ok(conversations[id]);

      t.equal((await remove(ana, id, 'ben')).status, 204);
      for (const path of gets) t.equal((await ben.get(path)).status, 404, path);
      t.same((await ben.get(batch)).body, { messages: [], missing: [`${id}-1`, `${id}-2`] });
      t.equal((await ben.postMessage(id, 'let me back in')).status, 404);
      t.same(await sync(ben, { [id]: conversations[id] }), {
        events: [{ event: 'conversation.removed', id }],
        conversations: {},
        more: false,
      });
      t.same((await ben.get('/conversations')).body.conversations, []);
    });

    t.test(
      'a socket hears of the end of a membership, and of nothing that comes later',
      async (t) => {
        const id = await ana.createRoom('Heard no more', { members: ['ben'] });
        const mark = await ana.open('ben');
        const socket = await ben.socket();
        await ana.postMessage(id, 'heard by both');
        await socket.waitForEvent('message.created', `${id}-1`);
        await remove(ana, id, 'ben');
        await socket.waitForEvent('conversation.removed', id);
        for (let n = 0; n < 5; n += 1) await ana.postMessage(id, 'heard by one alone');
        await rename(ana, id, 'Renamed');
        const { body } = await ana.postMessage(mark, 'all before has arrived');
        await socket.waitForEvent('message.created', body.id);
        const heard = socket.frames.filter((frame) => String(frame['id']).split('-')[0] === id);
        t.same(
          heard.map(({ event }) => event),
          ['message.created', 'conversation.removed'],
        );
        socket.close();
      },
    );

    t.test('with history from joining on, who is added reads nothing of before', async (t) => {
      const id = await ana.createRoom('Fresh start', { history: 'joined' });
      for (let n = 1; n <= 3; n += 1) await ana.postMessage(id, `a secret of before ${n}`);
      await ana.put(`/conversations/${id}/members/ben`);
      t.match((await ben.get(`/conversations/${id}`)).body, {
        lastSequence: 3,
        readSequence: 3,
        clearedThrough: 3,
        unread: 0,
        lastMessage: null,
      });
      const page = (query: string) => ben.get(`/conversations/${id}/messages${query}`);
      for (const query of ['', '?before=3', '?around=2', '?after=3']) {
        const { messages, hasBefore } = (await page(query)).body;
        t.same({ messages, hasBefore }, { messages: [], hasBefore: false }, query);
      }
      t.equal((await ben.get(`/messages/${id}-3`)).status, 404);
      t.same((await ben.get(`/messages?ids=${id}-2,${id}-3`)).body.messages, []);
      await ana.postMessage(id, 'said to both of them');
      t.match((await page('?after=0')).body, { messages: [{ sequence: 4 }], hasBefore: false });
      t.match((await ben.get(`/conversations/${id}`)).body, {
        unread: 1,
        lastMessage: { sequence: 4 },
      });
      t.equal((await ana.readAll(id)).length, 4, 'who was there before reads all');
    });

    t.test('in a public room, and with all history, who joins reads everything', async (t) => {
      for (const options of [{ visibility: 'public', history: 'joined' }, { history: 'all' }]) {
        const id = await ana.createRoom('Open history', options);
        await ana.postMessage(id, 'there to be read');
        t.equal((await ana.put(`/conversations/${id}/members/ben`)).status, 201);
        t.equal((await ben.readAll(id)).length, 1);
      }
    });

    t.test('what was held before leaving is void after joining again', async (t) => {
      const id = await ana.createRoom('Back again', { visibility: 'public', members: ['ben'] });
      for (let n = 1; n <= 3; n += 1) {
        await ana.postMessage(id, `message ${n} of three`);
        await ben.put(`/conversations/${id}/read`, { json: { sequence: n } });
      }
      const before = (await sync(ben, {})).conversations[id];
      t.same((await sync(ben, { [id]: before })).conversations[id], before);
      await leave(ben, id);
      await join(ben, id);
      // However far the versions have come since.
      for (let n = 0; n < 10; n += 1) {
        const { events, conversations } = await sync(ben, { [id]: before });
        const reset = { event: 'conversation.reset', id };
        t.ok(events.some((event: { event: string }) => event.event === reset.event));
        const settled = await sync(ben, { [id]: conversations[id] });
        t.notOk(settled.events.some((event: { id: string }) => event.id === id));
        await rename(ana, id, `Title ${n}`);
      }
    });

    t.test(
      'read markers that move while their member leaves do not outrun the next joining',
      async (t) => {
        for (let round = 0; round < 10; round += 1) {
          const id = await ana.createRoom('Racing', { visibility: 'public', members: ['ben'] });
          for (let n = 1; n <= 8; n += 1) await ana.postMessage(id, `race ${n}`);
          const reads = Array.from({ length: 8 }, (_, n) =>
            ben.put(`/conversations/${id}/read`, { json: { sequence: n + 1 } }),
          );
          const answers = await Promise.all([...reads, leave(ben, id)]);
          t.ok(answers.every(({ status }) => [200, 204, 404].includes(status)));
          const held = Math.max(...answers.map(({ body }) => body.version ?? 0));
          t.equal((await join(ben, id)).status, 201);
          const { joined_version } = await app.db
            .selectFrom('members')
            .innerJoin('users', 'users.id', 'members.user_id')
            .select('joined_version')
            .where('conversation_id', '=', Number(id))
            .where('username', '=', 'ben')
            .executeTakeFirstOrThrow();
          t.ok(joined_version > held, `${joined_version} > ${held}`);
        }
      },
    );
  });
}

const installations: [name: string, options: AppOptions[]][] = [
  ['one process', [{}]],
  [
    'another process',
    [
      { store: 'mysql', bus: 'redis' },
      { store: 'mysql', bus: 'redis' },
    ],
  ],
];
for (const [name, [options, others]] of installations) {
  test(`who joins hears at once, at the sockets of ${name}`, async (t) => {
    const here = await startApp(t, options);
    const there = others ? await startApp(t, { ...others, env: here.env }) : here;
    const ana = await here.signUp('ana');
    const ben = (await here.signUp('ben')).at(there);
    const socket = await ben.socket();
    const id = await ana.createRoom('Live', { visibility: 'public' });

    await ana.postMessage(id, 'before anybody came');
    t.equal((await join(ben, id)).status, 201);
    await socket.waitForEvent('conversation.created', id);
    await ana.postMessage(id, 'after somebody came');
    await socket.waitForEvent('message.created', `${id}-2`);
    t.equal((await ben.get(`/messages/${id}-2`)).status, 200);

    await remove(ana, id, 'ben');
    t.equal((await ben.get(`/messages/${id}-2`)).status, 404);
    await socket.waitForEvent('conversation.removed', id);
    await ana.postMessage(id, 'after somebody left');
    await ana.put(`/conversations/${id}/members/ben`);
    await ana.postMessage(id, 'after somebody was added');
    await socket.waitForEvent('message.created', `${id}-4`);
    t.notOk(socket.frames.some((frame) => frame['id'] === `${id}-1` || frame['id'] === `${id}-3`));
    socket.close();
  });
}
