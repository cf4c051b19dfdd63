import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { openSocket } from '../support/socket.ts';
import { readToken, signToken } from '../support/tokens.ts';
import { forgeries } from './forgeries.ts';
import { BODIES, listRoutes } from './routes.ts';

test('no forged or stale token opens a route or the socket', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  await app.signUp('ben');
  const secret = app.env['JWT_SECRET'] ?? '';
  const { header, payload } = readToken(ana.accessToken);
  const me = async (token: string) => (await app.request('GET', '/users/me', { token })).status;
  t.equal(await me(signToken({ header, payload }, secret)), 200, 'the premise');
  t.equal(
    await me(signToken({ header: { alg: 'HS256' }, payload }, secret)),
    200,
    'nor is a kid asked for',
  );

  const stale: Record<string, string> = {};
  const sign = async (name: string, end: (token: string) => Promise<unknown>) => {
    const { accessToken } = await app.signUp(name);
    await end(accessToken);
    stale[`of ${name}`] = accessToken;
  };
  await sign('logged-out', (token) => app.request('POST', '/auth/logout', { token }));
  await sign('logged-out-everywhere', (token) =>
    app.request('POST', '/auth/logout-all', { token }),
  );
  await sign('deleted', (token) => app.request('DELETE', '/users/me', { token }));

  const tokens = { ...forgeries(ana.accessToken, secret), ...stale };
  t.ok(Object.keys(tokens).length >= 60, `${Object.keys(tokens).length} tokens`);
  const routes = (await listRoutes(app)).filter(({ access }) => access !== 'anyone');
  const profile = (await ana.get('/users/me')).body;

  for (const [name, token] of Object.entries(tokens)) {
    const answers = await Promise.all(
      routes.map(async (route) => {
        const address = route.path.replace(/\{\w+\}/g, '1');
        const json = BODIES[route.name];
        const { status, body } = await app.request(
          route.method,
          address,
          json ? { token, json } : { token },
        );
        return status === 401 && body.code === 'unauthenticated' ? [] : [route.name, status, body];
      }),
    );
    t.same(answers.flat(), [], name);
    await t.rejects(openSocket(app.url, token), { message: 'HTTP 401' }, `${name}: socket`);
    // A header cannot carry everything that a subprotocol can, nor the other way round.
    if (/^[\w.-]+$/.test(token))
      await t.rejects(openSocket(app.url, token, { tokenAsSubprotocol: true }), {
        message: 'HTTP 401',
      });
  }
  t.same((await ana.get('/users/me')).body, profile);
});

test('a token is taken where it belongs and in no other way', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const token = ana.accessToken;
  const me = async (headers: Record<string, string>, path = '/users/me') =>
    (await app.request('GET', path, { headers })).status;
  t.equal(await me({ authorization: `Bearer ${token}` }), 200);
  t.equal(await me({ authorization: `bearer  ${token}` }), 200, 'RFC 9110: the scheme in any case');
  for (const headers of [
    { authorization: token },
    { authorization: `Basic ${token}` },
    { authorization: `Bearer ${token}, Bearer ${token}` },
    { authorization: `Bearer ${token} x` },
    { authorization: `Bearer\t${token}` },
    { authorization: `Bearer ${ana.refreshToken}` },
    { cookie: `token=${token}; access_token=${token}; doorbell=${token}` },
    { 'sec-websocket-protocol': `doorbell.v1, bearer.${token}` },
    { 'x-access-token': token },
  ] as Record<string, string>[])
    t.equal(await me(headers), 401, Object.keys(headers).join());
  for (const query of [
    `?token=${token}`,
    `?access_token=${token}`,
    `?authorization=Bearer%20${token}`,
  ])
    t.equal(await me({}, `/users/me${query}`), 401);
});

test('a token ends when it says so', async (t) => {
  const app = await startApp(t, { env: { ACCESS_TOKEN_SECONDS: '1' } });
  const ana = await app.signUp('ana');
  t.equal((await ana.get('/users/me')).status, 200);
  await sleep(1_100);
  t.equal((await ana.get('/users/me')).status, 401);
});
