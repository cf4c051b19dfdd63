import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { memoryTokenStore, type StoredTokens, type TokenStore } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { countingFetch, newClient, newsOf, openClient, run } from './support/client.ts';

test('the access token is renewed on the open socket before it ends', async (t) => {
  const { url } = await startApp(t, { env: { ACCESS_TOKEN_SECONDS: '4' } });
  const calls = countingFetch();
  const ana = await newClient(t, url, 'ana', { fetch: calls.fetch });
  const states: string[] = [];
  ana.on('state', (state) => states.push(state));
  const news = newsOf(ana);
  await ana.connect();
  await sleep(6_000);
  const { id } = await ana.openDirect('ana');
  await ana.post(id, 'still here');
  await until(() => news.length === 1);
  t.same(states, ['connecting', 'live']);
  t.ok(calls.of('POST /auth/refresh') >= 2);
});

test('calls that find the access token ended renew it once, and together', async (t) => {
  const { url } = await startApp(t, { env: { ACCESS_TOKEN_SECONDS: '3' } });
  const calls = countingFetch();
  const ana = await newClient(t, url, 'ana', { fetch: calls.fetch });
  await sleep(3_000);
  const answers = await Promise.all(run(1, 20).map(() => ana.api.getMe()));
  t.equal(answers.length, 20);
  t.equal(calls.of('POST /auth/refresh'), 1);
});

test('an access token that the server does not accept is renewed, for calls and for the socket', async (t) => {
  const { url } = await startApp(t);
  const store = memoryTokenStore();
  await newClient(t, url, 'ana', { tokens: store });
  const spoil = async (): Promise<void> =>
    store.save({ ...((await store.load()) as StoredTokens), accessToken: 'not.a.token' });
  await spoil();
  t.match(await openClient(t, url, { tokens: store }).api.getMe(), { username: 'ana' });
  await spoil();
  const device = openClient(t, url, { tokens: store });
  await device.connect();
  t.equal(device.state, 'live');
});

test('a new pair of tokens is stored before it is used, and taken up by the next start', async (t) => {
  const { url } = await startApp(t);
  const kept = memoryTokenStore();
  const events: string[] = [];
  const store: TokenStore = {
    load: kept.load,
    save: async (tokens) => {
      await sleep(20);
      events.push(`stored ${tokens?.accessToken}`);
      await kept.save(tokens);
    },
  };
  const records: typeof fetch = (input, init) => {
    const { authorization } = (init?.headers ?? {}) as Record<string, string>;
    if (authorization) events.push(`used ${authorization.replace('Bearer ', '')}`);
    return fetch(input, init);
  };
  const ana = await newClient(t, url, 'ana', { tokens: store, fetch: records });
  await store.save({ ...((await store.load()) as StoredTokens), renewAfter: 0 });
  events.length = 0;
  const device = openClient(t, url, { tokens: store, fetch: records });
  t.same(await device.restore(), ana.me);
  await device.api.getMe();
  const { accessToken } = (await store.load()) as StoredTokens;
  t.same(events, [`stored ${accessToken}`, `used ${accessToken}`]);
  t.equal(await openClient(t, url).restore(), undefined);
});

test('of two tabs that share a token store one renews, and neither signs the other out', async (t) => {
  const { url } = await startApp(t, { env: { ACCESS_TOKEN_SECONDS: '3' } });
  const { fetch, of } = countingFetch();
  const tokens = memoryTokenStore();
  const one = await newClient(t, url, 'ana', { tokens, fetch });
  const two = openClient(t, url, { tokens, fetch });
  await two.restore();
  await sleep(3_000);
  await one.api.getMe();
  t.match(await two.api.getMe(), { username: 'ana' });
  t.equal(of('POST /auth/refresh'), 1);
});

test('a sign-in that the server ended is over here too', async (t) => {
  const app = await startApp(t);
  const store = memoryTokenStore();
  const ana = await newClient(t, app.url, 'ana', { tokens: store });
  const { id } = await ana.openDirect('ana');
  await ana.post(id, 'a secret');
  await ana.connect();
  await ana.loadLast(id);
  const { accessToken } = (await store.load()) as StoredTokens;
  await app.request('POST', '/auth/logout', { token: accessToken });
  await until(() => ana.state === 'signedOut');
  t.equal(ana.me, undefined);
  t.equal(await store.load(), undefined);
  t.same([...ana.conversations(), ...ana.messages(id)], []);
  await t.rejects(ana.post(id, 'too late'), { status: 401, code: 'signed_out' });
  await t.rejects(ana.connect(), { status: 401, code: 'signed_out' });
});

test('a server that is away signs nobody out', async (t) => {
  const { url } = await startApp(t);
  const store = memoryTokenStore();
  let isAway = false;
  const breaks: typeof fetch = (input, init) =>
    isAway ? Promise.reject(new TypeError('no network')) : fetch(input, init);
  await newClient(t, url, 'ana', { tokens: store });
  await store.save({ ...((await store.load()) as StoredTokens), renewAfter: 0 });
  const device = openClient(t, url, { tokens: store, fetch: breaks });
  isAway = true;
  await t.rejects(device.api.getMe(), { status: 0, code: 'unreachable' });
  const connecting = device.connect();
  await until(() => device.state === 'offline');
  isAway = false;
  await connecting;
  t.equal(device.state, 'live');
});

test('nothing of one user is left for the next', async (t) => {
  const { url } = await startApp(t);
  const store = memoryTokenStore();
  await newClient(t, url, 'ben');
  const client = await newClient(t, url, 'ana', { tokens: store });
  const states: string[] = [];
  client.on('state', (state) => states.push(state));
  const { id } = await client.openDirect('ana');
  await client.post(id, 'for ana alone');
  await client.connect();
  await client.loadLast(id);
  await client.login('ben', 'a password for tests');
  t.match(client.me, { username: 'ben' });
  t.same(client.conversations(), []);
  await client.connect();
  t.same(client.conversations(), []);
  await client.logout();
  const whileSignedIn = ['connecting', 'live', 'signedOut'];
  t.same(states, [...whileSignedIn, 'offline', ...whileSignedIn]);
  t.equal(await store.load(), undefined);
});
