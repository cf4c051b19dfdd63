import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';
import { openSocket } from '../support/socket.ts';

for (const store of storeNames) {
  test(`accounts, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const post = (path: string, json: unknown) => app.request('POST', path, { json });
    const ana = await app.signUp('ana');

    t.test('registering signs in', async (t) => {
      const json = {
        username: 'Carla.M-1_',
        email: 'Carla@Example.org',
        password: PASSWORD,
        displayName: 'Carla 🎈',
      };
      const { status, body } = await post('/auth/register', json);
      t.equal(status, 201);
      t.match(body, {
        user: {
          username: 'carla.m-1_',
          email: 'carla@example.org',
          displayName: 'Carla 🎈',
          role: 'user',
        },
        expiresIn: 600,
      });
      t.notMatch(JSON.stringify(body), /password|hash/i);
      const me = await app.request('GET', '/users/me', { token: body.accessToken });
      t.same(me.body, body.user);
    });

    t.test('a name and an address are taken once, in whatever case', async (t) => {
      const again = await post('/auth/register', {
        username: 'ANA',
        email: 'x@example.org',
        password: PASSWORD,
      });
      t.match(again, { status: 409, body: { code: 'username_taken' } });
      const email = await post('/auth/register', {
        username: 'ana2',
        email: 'ANA@example.org',
        password: PASSWORD,
      });
      t.match(email, { status: 409, body: { code: 'email_taken' } });
      const rush = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          post('/auth/register', {
            username: 'rush',
            email: `rush${n}@example.org`,
            password: PASSWORD,
          }),
        ),
      );
      t.same(rush.map(({ status }) => status).sort(), [201, ...Array(9).fill(409)]);
    });

    t.test('a value that an account does not take is a 400 that names it', async (t) => {
      const good = { username: 'dora', email: 'dora@example.org', password: PASSWORD };
      const refused: [json: unknown, path: string][] = [
        [{ ...good, username: 'd' }, 'username'],
        [{ ...good, username: 'd'.repeat(33) }, 'username'],
        [{ ...good, username: 'dora dora' }, 'username'],
        [{ ...good, username: 'дора' }, 'username'],
        [{ ...good, username: 'Me' }, 'username'],
        [{ ...good, username: '..' }, 'username'],
        [{ ...good, email: '\ud800x@example.org' }, 'email'],
        [{ ...good, username: 'dora\n' }, 'username'],
        [{ ...good, email: 'dora' }, 'email'],
        [{ ...good, email: `${'d'.repeat(300)}@example.org` }, 'email'],
        [{ ...good, password: 'short' }, 'password'],
        [{ ...good, password: 'x'.repeat(129) }, 'password'],
        [{ ...good, password: 12 }, 'password'],
        [{ ...good, displayName: '' }, 'displayName'],
        [{ ...good, displayName: 'x\0' }, 'displayName'],
        [{ ...good, displayName: 'x'.repeat(65) }, 'displayName'],
        [{ username: 'dora' }, 'email'],
        [[], 'username'],
      ];
      for (const [json, path] of refused) {
        const { status, body } = await post('/auth/register', json);
        t.equal(status, 400, JSON.stringify(json).slice(0, 60));
        t.ok(
          status === 400 &&
            (body.errors.some((error: { path: string }) => error.path === path) ||
              Array.isArray(json)),
          JSON.stringify(body.errors),
        );
      }
    });

    t.test('one signs in by name or by address, and by no other', async (t) => {
      for (const username of ['ana', 'ANA', 'ana@example.org', 'Ana@Example.ORG']) {
        t.match(await post('/auth/login', { username, password: PASSWORD }), {
          status: 200,
          body: { user: { username: 'ana' } },
        });
      }
      const wrong = await post('/auth/login', { username: 'ana', password: 'not the password' });
      const unknown = await post('/auth/login', {
        username: 'nobody',
        password: 'not the password',
      });
      t.match(wrong, { status: 401, body: { code: 'wrong_credentials' } });
      t.same({ ...wrong.body, requestId: '' }, { ...unknown.body, requestId: '' });
    });

    t.test(
      'a refresh token is good for one use, and its repeat within seconds for the same successor',
      async (t) => {
        const { body: session } = await post('/auth/login', {
          username: 'ana',
          password: PASSWORD,
        });
        const refresh = (refreshToken: string) => post('/auth/refresh', { refreshToken });
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => refresh(session.refreshToken)),
        );
        t.ok(answers.every(({ status }) => status === 200));
        const successors = new Set(answers.map(({ body }) => body.refreshToken));
        t.equal(successors.size, 1, 'one family, one successor');
        t.ok(answers.every(({ body }) => !('user' in body)));
        const [next = ''] = successors;
        t.equal((await refresh(next)).status, 200);
        t.equal((await refresh(session.refreshToken)).status, 401, 'its grandparent is spent');
        await app.db.updateTable('sessions').set({ refreshed_at: 0 }).execute();
        t.equal((await refresh(next)).status, 401, 'later, a repeat is a theft');
        const { body: newest } = await post('/auth/login', { username: 'ana', password: PASSWORD });
        t.equal((await refresh(newest.refreshToken)).status, 200, 'other sessions go on');
      },
    );

    t.test('a theft ends the session for both', async (t) => {
      const { body: session } = await post('/auth/login', { username: 'ana', password: PASSWORD });
      const { body: next } = await post('/auth/refresh', { refreshToken: session.refreshToken });
      t.equal((await app.request('GET', '/users/me', { token: next.accessToken })).status, 200);
      await app.db.updateTable('sessions').set({ refreshed_at: 0 }).execute();
      t.equal((await post('/auth/refresh', { refreshToken: session.refreshToken })).status, 401);
      t.equal((await post('/auth/refresh', { refreshToken: next.refreshToken })).status, 401);
      t.equal((await app.request('GET', '/users/me', { token: next.accessToken })).status, 401);
    });

    t.test('a theft is noticed however often the thief has refreshed since', async (t) => {
      const { body: session } = await post('/auth/login', { username: 'ana', password: PASSWORD });
      const { body: first } = await post('/auth/refresh', { refreshToken: session.refreshToken });
      const { body: second } = await post('/auth/refresh', { refreshToken: first.refreshToken });
      const socket = await openSocket(app.url, second.accessToken);
      const forged = second.refreshToken.replace(/\.[^.]+\./, `.${'x'.repeat(43)}.`);
      t.equal((await post('/auth/refresh', { refreshToken: forged })).status, 401);
      t.equal(socket.socket.readyState, 1, 'a guess ends nothing');
      t.equal((await post('/auth/refresh', { refreshToken: session.refreshToken })).status, 401);
      t.equal((await post('/auth/refresh', { refreshToken: second.refreshToken })).status, 401);
      t.equal(await socket.closed, 4403);
    });

    t.test('after a logout the tokens of that session are worth nothing', async (t) => {
      const { body: session } = await post('/auth/login', { username: 'ana', password: PASSWORD });
      const token = session.accessToken;
      t.equal((await app.request('GET', '/users/me', { token })).status, 200);
      t.equal((await app.request('POST', '/auth/logout', { token })).status, 204);
      t.match(await app.request('GET', '/users/me', { token }), {
        status: 401,
        body: { code: 'unauthenticated' },
      });
      t.equal((await post('/auth/refresh', { refreshToken: session.refreshToken })).status, 401);
      t.equal((await ana.get('/users/me')).status, 200);
    });

    t.test('the directory pages by name and searches by the start of either name', async (t) => {
      for (const username of ['zoe', 'zora', 'zuri']) {
        const email = `${username}@example.org`;
        await post('/auth/register', {
          username,
          email,
          password: PASSWORD,
          displayName: `Žofie ${username}`,
        });
      }
      const names = (body: { users: { username: string }[] }) =>
        body.users.map(({ username }) => username);
      const first = (await ana.get('/users?search=Z&limit=2')).body;
      t.match(first, { hasMore: true, next: 'zora' });
      t.same(names(first), ['zoe', 'zora']);
      const second = (await ana.get(`/users?search=Z&limit=2&after=${first.next}`)).body;
      t.match(second, { hasMore: false, next: null });
      t.same(names(second), ['zuri']);
      t.same(names((await ana.get('/users?search=%C5%BDOFIE+zu')).body), ['zuri']);
      t.same(names((await ana.get('/users?search=%25')).body), []);
      t.same(names((await ana.get('/users?search=_')).body), []);
      t.match((await ana.get('/users?limit=1')).body, {
        users: [{ username: 'ana' }],
        hasMore: true,
      });
      t.notMatch(JSON.stringify((await ana.get('/users')).body), /example\.org/, 'no addresses');
    });

    t.test('a profile shows what others may see', async (t) => {
      const { status, body } = await ana.get('/users/ZOE');
      t.equal(status, 200);
      t.same(Object.keys(body).sort(), [
        'about',
        'avatar',
        'displayName',
        'lastSeenAt',
        'online',
        'username',
      ]);
      t.equal((await ana.get('/users/nobody')).status, 404);
    });
  });
}
