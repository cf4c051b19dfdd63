import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';
import { signUpAdmin } from './support.ts';

const names = ({ users }: { users: { username: string }[] }) =>
  users.map(({ username }) => username);

for (const store of storeNames) {
  test(`admins look after users, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const root = await signUpAdmin(app, 'root');
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const login = (username: string, password = PASSWORD) =>
      app.request('POST', '/auth/login', { json: { username, password } });
    const change = (username: string, json: object) =>
      root.patch(`/admin/users/${username}`, { json });

    await t.test('they find them by either name or by address, page by page', async (t) => {
      await ana.patch('/users/me', { json: { displayName: 'Łucja' } });
      const first = (await root.get('/admin/users?limit=2')).body;
      t.same([names(first), first.hasMore, first.next], [['ana', 'ben'], true, 'ben']);
      t.same(names((await root.get(`/admin/users?limit=2&after=${first.next}`)).body), ['root']);
      for (const search of ['AN', 'łuc', 'Ana@exam'])
        t.match((await root.get(`/admin/users?search=${encodeURIComponent(search)}`)).body, {
          users: [{ username: 'ana', email: 'ana@example.org', sessions: 1, disabledAt: null }],
          hasMore: false,
        });
      t.same(names((await root.get('/admin/users?search=%25')).body), []);
      t.match((await root.get('/admin/users/ANA')).body, { username: 'ana', role: 'user' });
      t.equal((await root.get('/admin/users/nobody')).status, 404);
      t.notMatch(JSON.stringify((await root.get('/admin/users')).body), /argon2|hash/);
    });

    await t.test('a disabled user is out at once, and back when enabled', async (t) => {
      const socket = await ana.socket();
      const conversation = await ana.open('ben');
      t.match(await change('ana', { disabled: true }), {
        status: 200,
        body: { disabledAt: /Z$/, sessions: 0 },
      });
      t.equal(await socket.closed, 4403);
      t.equal((await ana.get('/users/me')).status, 401);
      t.equal((await ana.postMessage(conversation, 'out already')).status, 401);
      const { refreshToken } = ana;
      t.equal((await app.request('POST', '/auth/refresh', { json: { refreshToken } })).status, 401);
      t.match(await login('ana'), { status: 403, body: { code: 'account_disabled' } });
      t.match(await login('ana', 'wrong password'), {
        status: 401,
        body: { code: 'wrong_credentials' },
      });
      t.match((await ben.get('/users/ana')).body, { username: 'ana' }, 'others see nothing of it');
      t.notMatch(JSON.stringify((await ben.get('/users/ana')).body), /disabled/i);
      t.match((await change('ana', { disabled: false })).body, { disabledAt: null });
      t.equal((await login('ana')).status, 200);
    });

    await t.test('a sign-in that overlaps with it counts before or not at all', async (t) => {
      for (let round = 0; round < 5; round += 1) {
        const logins = Array.from({ length: 6 }, () => login('ben'));
        t.equal((await change('ben', { disabled: true })).status, 200);
        for (const { status, body } of await Promise.all(logins)) {
          if (status !== 200) continue;
          const me = await app.request('GET', '/users/me', { token: body.accessToken });
          t.equal(me.status, 401);
        }
        t.equal((await change('ben', { disabled: false })).status, 200);
      }
    });

    await t.test('they sign users out everywhere', async (t) => {
      const { body } = await login('ben');
      t.equal((await root.delete('/admin/users/ben/sessions')).status, 204);
      t.equal((await app.request('GET', '/users/me', { token: body.accessToken })).status, 401);
      t.equal((await login('ben')).status, 200);
      t.equal((await root.delete('/admin/users/nobody/sessions')).status, 404);
    });

    await t.test('they make admins and unmake them, and one always stays', async (t) => {
      const { body } = await login('ana');
      const asAna = (method: string, path: string, json?: object) =>
        app.request(method, path, { token: body.accessToken, json });
      t.equal((await asAna('GET', '/admin/users')).status, 404);
      for (const act of [{ role: 'user' }, { disabled: true }])
        t.match(await change('root', act), { status: 409, body: { code: 'last_admin' } });
      t.match(await root.delete('/users/me'), { status: 409, body: { code: 'last_admin' } });
      t.equal((await root.delete('/admin/users/root')).status, 409);

      t.match((await change('ana', { role: 'admin' })).body, { role: 'admin' });
      t.equal((await asAna('GET', '/admin/users')).status, 200, 'at once');
      const answers = await Promise.all([
        root.delete('/users/me'),
        asAna('DELETE', '/users/me'),
        asAna('PATCH', '/admin/users/root', { role: 'user' }),
        change('ana', { disabled: true }),
        change('root', { disabled: true }),
      ]);
      const admins = await app.db
        .selectFrom('users')
        .select('username')
        .where('role', '=', 'admin')
        .where('disabled_at', 'is', null)
        .execute();
      t.ok(admins.length >= 1, `whoever acts at once: ${answers.map(({ status }) => status)}`);
    });

    await t.test('what does not fit is refused', async (t) => {
      const admin = await signUpAdmin(app, 'admin2');
      for (const json of [
        { role: 'owner' },
        { disabled: 'yes' },
        { email: 'x@example.org' },
        [],
        'x',
      ])
        t.equal(
          (await admin.patch('/admin/users/ben', { json })).status,
          400,
          JSON.stringify(json),
        );
      t.equal((await admin.patch('/admin/users/ben', { json: {} })).status, 200);
    });
  });

  test(`admins delete users and are written down, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const root = await signUpAdmin(app, 'root');
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    t.equal((await root.delete('/admin/users/ana')).status, 204);
    t.equal((await ana.get('/users/me')).status, 401);
    t.equal((await root.delete('/admin/users/ana')).status, 404);
    await root.patch('/admin/users/ben', { json: { disabled: true, role: 'admin' } });
    await root.patch('/admin/users/ben', { json: { disabled: true } });
    await root.patch('/admin/users/ben', { json: { disabled: false, role: 'user' } });
    await root.delete('/admin/users/ben/sessions');
    const all = (await root.get('/admin/audit')).body;
    t.match(all.entries, [
      { act: 'user.sign-out', target: 'ben', admin: 'root', detail: '0 sessions' },
      { act: 'user.enable', target: 'ben' },
      { act: 'user.demote', target: 'ben' },
      { act: 'user.disable', target: 'ben' },
      { act: 'user.promote', target: 'ben' },
      { act: 'user.delete', target: /^deleted:\d+$/ },
    ]);
    t.equal(all.entries.length, 6, 'what changed nothing is no act');
    const first = (await root.get('/admin/audit?limit=4')).body;
    const second = (await root.get(`/admin/audit?limit=4&before=${first.next}`)).body;
    t.same([...first.entries, ...second.entries], all.entries);
    t.same([second.hasMore, second.next], [false, null]);
    t.equal((await root.get('/admin/audit?before=x')).status, 400);
  });
}
