import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import type { Doorbell } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { browserFetch } from './support/browser-fetch.ts';
import { newClient, newDevice, openClient } from './support/client.ts';

const ORIGIN = 'https://chat.example';

async function startSite(t: Scope, env: Record<string, string> = {}) {
  const { url } = await startApp(t, { env: { PUBLIC_URL: ORIGIN, ...env } });
  const { fetch, jar } = browserFetch(ORIGIN);
  const openTab = (): Doorbell => openClient(t, url, { session: 'cookie', fetch });
  return { url, jar, openTab };
}

const ANA = { username: 'ana', email: 'ana@example.org', password: 'a password for tests' };

test('a cookie keeps the sign-in from one page load to the next', async (t) => {
  const { jar, openTab } = await startSite(t);
  const first = openTab();
  t.equal(await first.restore(), undefined, 'nobody yet');
  await first.register(ANA);
  t.equal(jar.size, 1);
  const next = openTab();
  t.match(await next.restore(), { username: 'ana', email: 'ana@example.org' });
  await next.connect();
  t.equal(next.state, 'live');
  await next.logout();
  t.equal(jar.size, 0);
  t.equal(await openTab().restore(), undefined);
});

test('tabs renew the one sign-in that they share, and end with it', async (t) => {
  const { openTab } = await startSite(t, { ACCESS_TOKEN_SECONDS: '3' });
  const one = openTab();
  await one.register(ANA);
  const other = openTab();
  await other.restore();
  await Promise.all([one.connect(), other.connect()]);
  await sleep(3_500);
  await Promise.all([one.api.getMe(), other.api.getMe()]);
  t.same([one.state, other.state], ['live', 'live']);
  await one.logout();
  await until(() => other.state === 'signedOut');
});

test('a tab whose browser has signed in as somebody else is signed out, and never speaks for them', async (t) => {
  const { url, openTab } = await startSite(t, { ACCESS_TOKEN_SECONDS: '3' });
  await newClient(t, url, 'ben');
  const tab = openTab();
  await tab.register(ANA);
  await openTab().login('ben', ANA.password);
  await sleep(3_000);
  await t.rejects(tab.openDirect('ana'), { code: 'signed_out' });
  t.equal(tab.me, undefined);
});

test('restore() without an answer can be tried again, and a logout without one signs nobody out', async (t) => {
  const { url } = await startSite(t);
  const { fetch } = browserFetch(ORIGIN);
  let isAway = false;
  const sometimes: typeof fetch = (input, init) =>
    isAway ? Promise.reject(new TypeError('away')) : fetch(input, init);
  const open = () => openClient(t, url, { session: 'cookie', fetch: sometimes });
  await open().register(ANA);
  const page = open();
  isAway = true;
  await t.rejects(page.restore(), { code: 'unreachable' });
  isAway = false;
  t.match(await page.restore(), { username: 'ana' });
  isAway = true;
  await t.rejects(page.logout(), { code: 'unreachable' });
  t.match(page.me, { username: 'ana' });
  isAway = false;
  const device = await newDevice(t, url, 'ana');
  t.equal((await device.account.listSessions()).length, 2, 'the sign-in of the cookie lives on');
});
