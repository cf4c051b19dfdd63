import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { signUpAdmin } from './support.ts';

for (const store of storeNames) {
  test(`admins take out what must not be there, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const root = await signUpAdmin(app, 'root');
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const room = await ana.createRoom('Bell ringers', { members: ['ben'] });
    const direct = await ana.open('ben');
    for (const id of [room, direct]) await ana.postMessage(id, `something foul in ${id}`);
    const his = await ben.socket();

    await t.test('a message, by the id that somebody told them, unread', async (t) => {
      for (const id of [room, direct]) {
        t.equal((await root.get(`/messages/${id}-1`)).status, 404, 'they cannot read it');
        t.equal((await root.delete(`/messages/${id}-1`)).status, 404, 'nor delete it as a member');
        t.equal((await root.delete(`/admin/messages/${id}-1`)).status, 204);
        await his.waitForEvent('message.updated', `${id}-1`);
        t.match((await ben.get(`/messages/${id}-1`)).body, { body: null, deletedAt: /Z$/ });
        t.equal((await root.delete(`/admin/messages/${id}-1`)).status, 204, 'again');
      }
      for (const id of ['x', `${room}-99`, '999-1'])
        t.equal((await root.delete(`/admin/messages/${id}`)).status, 404, id);
      t.match((await ben.get('/messages/search?q=foul')).body.messages, []);
    });

    await t.test('a room, which they find by the start of its title', async (t) => {
      await ana.createRoom('alpha', { visibility: 'public' });
      await ana.createRoom('Bell\u{1f514}', { visibility: 'public' });
      await ana.createRoom('Bell\u{ff5e}');
      const { body } = await root.get('/admin/rooms?search=BELL');
      t.match(body.rooms, [
        { id: room, title: 'Bell ringers', visibility: 'private', memberCount: 2, lastSequence: 1 },
        { title: 'Bell\u{ff5e}', visibility: 'private' },
        { title: 'Bell\u{1f514}', visibility: 'public' },
      ]);
      const paged: unknown[] = [];
      for (let after = ''; ; ) {
        const { body: page } = await root.get(`/admin/rooms?limit=1${after}`);
        paged.push(...page.rooms);
        if (!page.hasMore) break;
        after = `&after=${page.next}`;
      }
      t.equal(paged.length, 4);
      t.same(paged.slice(1), body.rooms);
      t.equal((await root.get('/admin/rooms?after=x')).status, 400);
      t.equal((await root.delete(`/admin/rooms/${direct}`)).status, 404, 'no direct conversation');
      t.equal((await root.delete(`/admin/rooms/${room}`)).status, 204);
      await his.waitForEvent('conversation.removed', room);
      t.equal((await ben.get(`/conversations/${room}`)).status, 404);
      t.equal((await root.delete(`/admin/rooms/${room}`)).status, 404);
      t.equal((await root.delete(`/admin/messages/${room}-1`)).status, 404);
      await until(async () => {
        const rows = await app.db
          .selectFrom('messages')
          .select('body')
          .where('conversation_id', '=', Number(room))
          .execute();
        return rows.length === 0;
      });
      t.match((await root.get('/admin/audit')).body.entries, [
        { act: 'room.remove', target: room, detail: 'Bell ringers, 2 members' },
        { act: 'message.remove', target: `${direct}-1`, detail: 'sent by ana' },
        { act: 'message.remove', target: `${room}-1` },
      ]);
    });

    await t.test('they see how much there is, and how the parts are', async (t) => {
      t.match((await root.get('/admin/counts')).body, {
        users: 3,
        admins: 1,
        disabledUsers: 0,
        rooms: 3,
        directConversations: 1,
        messages: 1,
      });
      t.match((await root.get('/admin/health')).body, {
        database: { state: 'up', kind: store, milliseconds: Number },
        bus: { state: 'up', kind: 'in process' },
        mail: 'log',
        process: { node: process.version, uptimeSeconds: Number, residentMegabytes: Number },
      });
    });

    await t.test('nobody else sees any of it', async (t) => {
      const unknown = await ana.get('/nothing/here');
      for (const [method, path] of [
        ['GET', '/admin/users'],
        ['GET', '/admin/users/root'],
        ['PATCH', '/admin/users/root'],
        ['DELETE', '/admin/users/root'],
        ['DELETE', '/admin/users/root/sessions'],
        ['GET', '/admin/rooms'],
        ['DELETE', `/admin/rooms/${room}`],
        ['DELETE', `/admin/messages/${direct}-1`],
        ['GET', '/admin/counts'],
        ['GET', '/admin/health'],
        ['GET', '/admin/audit'],
      ] as const) {
        const answer = await app.request(method, path, { token: ana.accessToken });
        t.equal(answer.status, 404, `${method} ${path}`);
        t.same({ ...answer.body, requestId: '' }, { ...unknown.body, requestId: '' });
      }
    });
  });
}
