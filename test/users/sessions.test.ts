import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';
import { openSocket } from '../support/socket.ts';

const SECRETS = ['a', 'b', 'c'].map((letter) => `${letter}-k3y-${'x1y2z3'.repeat(6)}`);

const signIn = async (app: TestApp, username: string, userAgent = 'a test') => {
  const { status, body } = await app.request('POST', '/auth/login', {
    json: { username, password: PASSWORD },
    headers: { 'user-agent': userAgent },
  });
  if (status !== 200) throw new Error(`login: ${status}`);
  return body as { accessToken: string; refreshToken: string };
};
const me = async (app: TestApp, token: string) =>
  (await app.request('GET', '/users/me', { token })).status;

for (const store of storeNames) {
  test(`signed-in devices, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');

    await t.test('one sees them, the latest first, and what is oneself', async (t) => {
      const phone = await signIn(app, 'ana', 'Phone/1.0 é');
      const { body } = await app.request('GET', '/auth/sessions', { token: phone.accessToken });
      t.match(body.sessions, [
        { current: true, userAgent: /^Phone/, address: '127.0.0.1' },
        { current: false },
      ]);
      t.equal(body.sessions.length, 2);
      t.notMatch(JSON.stringify(body), /hash|token/i);
      const { body: other } = await ana.get('/auth/sessions');
      t.match(other.sessions, [{ current: false }, { current: true }]);
    });

    await t.test('one signs a device out: its tokens and sockets end, others stay', async (t) => {
      const tablet = await signIn(app, 'ana');
      const socket = await openSocket(app.url, tablet.accessToken);
      const { body } = await ana.get('/auth/sessions');
      const [{ id }] = body.sessions;
      t.equal((await ben.delete(`/auth/sessions/${id}`)).status, 404, "not somebody else's");
      t.equal(await me(app, tablet.accessToken), 200, 'the premise');
      t.equal((await ana.delete(`/auth/sessions/${id}`)).status, 204);
      t.equal(await me(app, tablet.accessToken), 401);
      t.equal(await socket.closed, 4403);
      const refresh = await app.request('POST', '/auth/refresh', {
        json: { refreshToken: tablet.refreshToken },
      });
      t.equal(refresh.status, 401);
      t.equal((await ana.get('/users/me')).status, 200);
      t.equal((await ana.delete(`/auth/sessions/${id}`)).status, 404, 'it is gone');
      for (const none of ['x', '0', '99999', '-1'])
        t.equal((await ana.delete(`/auth/sessions/${none}`)).status, 404);
    });

    await t.test('logging out everywhere ends all of them, and nobody else’s', async (t) => {
      const devices = await Promise.all(Array.from({ length: 3 }, () => signIn(app, 'ana')));
      const sockets = await Promise.all(
        devices.map(({ accessToken }) => openSocket(app.url, accessToken)),
      );
      const token = devices[0]?.accessToken;
      t.equal((await app.request('POST', '/auth/logout-all', { token })).status, 204);
      for (const { accessToken } of devices) t.equal(await me(app, accessToken), 401);
      t.equal(await me(app, ana.accessToken), 401);
      t.same(await Promise.all(sockets.map(({ closed }) => closed)), [4403, 4403, 4403]);
      t.equal(await me(app, ben.accessToken), 200);
    });

    await t.test('a new password ends the other sessions and keeps this one', async (t) => {
      const [here, there] = [await signIn(app, 'ana'), await signIn(app, 'ana')];
      const socket = await openSocket(app.url, there.accessToken);
      const change = (currentPassword: string, password: string) =>
        app.request('PUT', '/users/me/password', {
          token: here.accessToken,
          json: { currentPassword, password },
        });
      const next = 'a newer password for tests';
      t.match(await change('not the password', next), {
        status: 403,
        body: { code: 'wrong_password' },
      });
      t.equal((await change(PASSWORD, 'qwerty123456')).status, 400);
      t.equal(await me(app, there.accessToken), 200, 'nothing has happened yet');
      t.equal((await change(PASSWORD, next)).status, 204);
      t.equal(await me(app, here.accessToken), 200);
      t.equal(await me(app, there.accessToken), 401);
      t.equal(await socket.closed, 4403);
      t.equal((await change(next, PASSWORD)).status, 204);
    });

    await t.test(
      'a sign-in that overlaps with a new password counts before or not at all',
      async (t) => {
        for (let round = 0; round < 5; round += 1) {
          const here = await signIn(app, 'ana');
          const next = `password of round ${round}`;
          const logins = Array.from({ length: 6 }, () =>
            app.request('POST', '/auth/login', { json: { username: 'ana', password: PASSWORD } }),
          );
          const change = await app.request('PUT', '/users/me/password', {
            token: here.accessToken,
            json: { currentPassword: PASSWORD, password: next },
          });
          t.equal(change.status, 204);
          for (const { status, body } of await Promise.all(logins)) {
            if (status === 200) t.equal(await me(app, body.accessToken), 401);
            else t.equal(status, 401);
          }
          const back = await app.request('PUT', '/users/me/password', {
            token: here.accessToken,
            json: { currentPassword: next, password: PASSWORD },
          });
          t.equal(back.status, 204);
        }
      },
    );

    await t.test('fifty refreshes at once are one', async (t) => {
      const { refreshToken } = await signIn(app, 'ana');
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          app.request('POST', '/auth/refresh', { json: { refreshToken } }),
        ),
      );
      t.ok(answers.every(({ status }) => status === 200));
      t.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1);
    });

    await t.test('fifty registrations of one name are one', async (t) => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          app.request('POST', '/auth/register', {
            json: { username: 'Carol', email: `carol${n}@example.org`, password: PASSWORD },
          }),
        ),
      );
      t.equal(answers.filter(({ status }) => status === 201).length, 1);
      const refused = answers.filter(({ status }) => status !== 201);
      for (const { status, body } of refused)
        t.ok(
          (status === 409 && body.code === 'username_taken') || status === 503,
          `${status} ${body.code}`,
        );
    });
  });
}

test('the refresh token of a browser stays in a cookie that its pages cannot read', async (t) => {
  const app = await startApp(t, {
    env: { PUBLIC_URL: 'https://chat.example', ALLOWED_ORIGINS: 'https://app.chat.example' },
  });
  await app.signUp('ana');
  const origin = 'https://chat.example';
  const login = (headers: Record<string, string>) =>
    app.request('POST', '/auth/login?session=cookie', {
      json: { username: 'ana', password: PASSWORD },
      headers,
    });
  const refresh = (headers: Record<string, string>) =>
    app.request('POST', '/auth/refresh?session=cookie', { headers });
  const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';', 1)[0] ?? '';

  const signedIn = await login({ origin });
  t.equal(signedIn.status, 200);
  t.notOk('refreshToken' in signedIn.body);
  const set = signedIn.headers.get('set-cookie') ?? '';
  for (const part of [
    /^__Secure-doorbell=/,
    /HttpOnly/,
    /SameSite=Strict/,
    /Secure/,
    /Path=\/api\/v1\/auth/,
    /Max-Age=2592000/,
  ])
    t.match(set, part);

  const cookie = cookieOf(signedIn.headers);
  const refreshed = await refresh({ origin, cookie });
  t.equal(refreshed.status, 200);
  t.notOk('refreshToken' in refreshed.body);
  t.not(cookieOf(refreshed.headers), cookie, 'it is rotated');
  t.equal(await me(app, refreshed.body.accessToken), 200);
  t.equal(
    (await refresh({ origin: 'https://app.chat.example', cookie })).status,
    200,
    'a listed origin',
  );

  for (const headers of [
    { cookie },
    { cookie, origin: 'https://evil.example' },
    { cookie, origin: 'null' },
    { cookie, origin: 'http://chat.example' },
    { cookie, origin: 'https://chat.example.evil.example' },
  ]) {
    const answer = await refresh(headers);
    t.match(answer, { status: 403, body: { code: 'foreign_origin' } }, JSON.stringify(headers));
    t.equal(answer.headers.get('set-cookie'), null);
  }
  t.equal(
    (await login({ origin: 'https://evil.example' })).status,
    403,
    'nor signed in from there',
  );
  t.equal((await refresh({ origin })).status, 401, 'without the cookie');
  t.equal(
    (await app.request('POST', '/auth/refresh', { headers: { cookie, origin } })).status,
    400,
  );

  const token = refreshed.body.accessToken;
  const out = await app.request('POST', '/auth/logout', { token, headers: { origin } });
  t.match(
    out.headers.get('set-cookie'),
    /^__Secure-doorbell=;.*(Max-Age=0|Expires=Thu, 01 Jan 1970)/,
  );
  t.equal((await refresh({ origin, cookie: cookieOf(refreshed.headers) })).status, 401);
});

test('a new key signs nobody out', async (t) => {
  const [old = '', next = ''] = SECRETS;
  const before = await startApp(t, {
    store: 'mysql',
    env: { JWT_SECRET: old, ACCEPTED_JWT_SECRETS: next },
  });
  const after = await startApp(t, {
    store: 'mysql',
    env: {
      DATABASE_URL: before.env['DATABASE_URL'] ?? '',
      JWT_SECRET: next,
      ACCEPTED_JWT_SECRETS: old,
    },
  });
  const later = await startApp(t, {
    store: 'mysql',
    env: { DATABASE_URL: before.env['DATABASE_URL'] ?? '', JWT_SECRET: next },
  });
  const ana = await before.signUp('ana');
  t.equal(
    await me(after, ana.accessToken),
    200,
    'the process with the new key takes the old token',
  );
  const refresh = (app: TestApp, refreshToken: string) =>
    app.request('POST', '/auth/refresh', { json: { refreshToken } });

  // The answer of one process is lost, and another one, with the other key, is asked again.
  const first = await refresh(before, ana.refreshToken);
  const again = await refresh(after, ana.refreshToken);
  t.equal(again.body.refreshToken, first.body.refreshToken);
  t.equal(await me(before, again.body.accessToken), 200, 'and the other way round');
  t.equal(await me(later, again.body.accessToken), 200);
  t.equal(await me(later, ana.accessToken), 401, 'when the old key is taken out');
  t.equal((await refresh(later, first.body.refreshToken)).status, 200);
});

test('a logout closes sockets on every process, sooner or later', async (t) => {
  const one = await startApp(t, { store: 'mysql', bus: 'redis' });
  const other = await startApp(t, {
    store: 'mysql',
    bus: 'redis',
    env: Object.fromEntries(
      ['DATABASE_URL', 'JWT_SECRET', 'REDIS_PREFIX'].map((name) => [name, one.env[name] ?? '']),
    ),
  });
  // Without the bus in common there is only the database to learn it from.
  const deaf = await startApp(t, {
    store: 'mysql',
    env: {
      DATABASE_URL: one.env['DATABASE_URL'] ?? '',
      JWT_SECRET: one.env['JWT_SECRET'] ?? '',
      HEARTBEAT_SECONDS: '300',
    },
  });
  const ana = await one.signUp('ana');
  const sockets = await Promise.all(
    [one, other, deaf].map(({ url }) => openSocket(url, ana.accessToken)),
  );
  const [here, there, away] = sockets.map(({ closed }) =>
    closed.then((code) => [code, performance.now()] as const),
  );
  const start = performance.now();
  t.equal((await one.request('POST', '/auth/logout', { token: ana.accessToken })).status, 204);
  for (const closed of [here, there]) {
    const [code, at] = (await Promise.race([closed, sleep(5_000)])) ?? [];
    t.equal(code, 4403);
    t.ok((at ?? Infinity) - start < 1_000, `${(at ?? 0) - start} ms`);
  }
  for (const app of [one, other, deaf]) t.equal(await me(app, ana.accessToken), 401);
  const [code, at] = (await Promise.race([away, sleep(30_000)])) ?? [];
  t.equal(code, 4403);
  t.ok((at ?? Infinity) - start < 30_000);
});
