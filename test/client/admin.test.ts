import { test } from 'tap';
import { signUpAdmin } from '../admin/support.ts';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { newClient, newDevice } from './support/client.ts';

test('a client of an admin looks after the installation', async (t) => {
  const app = await startApp(t);
  await signUpAdmin(app, 'root');
  const root = await newDevice(t, app.url, 'root');
  const [ana, ben] = [await newClient(t, app.url, 'ana'), await newClient(t, app.url, 'ben')];
  await Promise.all([ana, ben].map((client) => client.connect()));
  t.equal(root.me?.role, 'admin');

  t.match(await root.admin.listUsers({ search: 'ana@', limit: 1 }), {
    users: [{ username: 'ana', sessions: 1, disabledAt: null }],
    hasMore: false,
  });
  t.match(await root.admin.changeUser('ana', { disabled: true }), { disabledAt: /Z$/ });
  await until(() => ana.state === 'signedOut');
  t.match(await root.admin.changeUser('ana', { disabled: false }), { disabledAt: null });
  await ana.login('ana', 'a password for tests');
  await ana.connect();
  await root.admin.endSessions('ana');
  await until(() => ana.state === 'signedOut');
  await t.rejects(root.admin.changeUser('root', { role: 'user' }), { code: 'last_admin' });

  const { id } = await ben.createRoom({ title: 'Bell ringers' });
  const message = await ben.post(id, 'something foul');
  await root.admin.deleteMessage(message.id);
  await until(() => ben.messages(id)[0]?.deletedAt !== null);
  const { rooms } = await root.admin.listRooms({ search: 'bell' });
  t.match(rooms, [{ id, title: 'Bell ringers', memberCount: 1 }]);
  await root.admin.deleteRoom(id);
  await until(() => ben.conversation(id) === undefined);
  await root.admin.deleteUser('ana');
  await t.rejects(root.admin.getUser('ana'), { code: 'not_found' });

  t.match(await root.admin.getCounts(), { admins: 1 });
  t.match(await root.admin.getHealth(), { database: { state: 'up' } });
  const first = await root.admin.listAudit({ limit: 2 });
  const second = await root.admin.listAudit({ limit: 100, before: first.next ?? '' });
  t.same(
    [...first.entries, ...second.entries].map(({ act }) => act),
    [
      'user.delete',
      'room.remove',
      'message.remove',
      'user.sign-out',
      'user.enable',
      'user.disable',
    ],
  );
  await t.rejects(ben.admin.getCounts(), { code: 'not_found' });
});
