import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import type { Doorbell } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { bodiesOf, countingFetch, newClient, newDevice } from './support/client.ts';

/** Pages of one browser, all signed in as `ana`, and how many sockets they have opened. */
async function startBrowser(t: Scope, env: Record<string, string> = {}) {
  const { url } = await startApp(t, { env });
  const [, ben] = await Promise.all([newClient(t, url, 'ana'), newClient(t, url, 'ben')]);
  const sockets: WebSocket[] = [];
  const Counting = class extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      sockets.push(this);
    }
  };
  const openPage = async (options = {}): Promise<Doorbell> => {
    const page = await newDevice(t, url, 'ana', {
      shareSocket: true,
      WebSocket: Counting,
      ...options,
    });
    await page.connect();
    return page;
  };
  const { id } = await ben.openDirect('ana');
  return { url, ben, id, sockets, openPage };
}

const hasHeard = (body: string, id: string, pages: readonly Doorbell[]) =>
  until(() => pages.every((page) => page.messages(id).at(-1)?.body === body));

test('the pages of a browser have one socket, and all hear everything', async (t) => {
  const { ben, id, sockets, openPage } = await startBrowser(t, { HEARTBEAT_SECONDS: '1' });
  const first = await openPage();
  await ben.post(id, 'before the others');
  await hasHeard('before the others', id, [first]);
  const calls = countingFetch();
  const pages = [first, await openPage({ fetch: calls.fetch }), await openPage()];
  for (const body of ['one', 'two', 'three']) await ben.post(id, body);
  await hasHeard('three', id, pages);
  t.equal(sockets.length, 1);

  const typing: unknown[] = [];
  ben.on('typing', (heard) => typing.push(heard));
  await ben.connect();
  pages[2]?.typing(id);
  await until(() => typing.length === 1);
  t.same(typing, [{ conversationId: id, username: 'ana' }], 'a page without the socket is heard');

  await sleep(2_500);
  t.equal(calls.of('POST /sync'), 1, 'what it counts agrees with what the server counts');
});

test('when the page with the socket goes, another opens one and nothing is missed', async (t) => {
  const { ben, id, sockets, openPage } = await startBrowser(t);
  const [first, ...others] = [await openPage(), await openPage(), await openPage()];
  const posts = Promise.all(['one', 'two', 'three'].map((body) => ben.post(id, body)));
  first?.close();
  await posts;
  await hasHeard('three', id, others);
  await until(() => others.every(({ state }) => state === 'live'));
  t.same(bodiesOf(others[0]?.messages(id) ?? []), ['one', 'two', 'three']);
  t.equal(sockets.length, 2);
  await ben.post(id, 'four');
  await hasHeard('four', id, others);
  t.equal(sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length, 1);
});

test('when the socket breaks all pages connect again, by one', async (t) => {
  const { ben, id, sockets, openPage } = await startBrowser(t);
  const pages = [await openPage(), await openPage()];
  sockets[0]?.close();
  await until(() => pages.every(({ state }) => state !== 'live'));
  await until(() => pages.every(({ state }) => state === 'live'));
  await ben.post(id, 'again');
  await hasHeard('again', id, pages);
  t.equal(sockets.length, 2);
});

test('a page that holds the socket and is frozen loses it', async (t) => {
  const { url, ben, id, sockets, openPage } = await startBrowser(t);
  const name = `${url.replace('http', 'ws')}/api/v1/socket of ana`;
  const frozen = Promise.withResolvers<void>();
  const held = navigator.locks.request(name, () => frozen.promise).catch(() => 'taken over');
  const page = await openPage();
  t.equal(await held, 'taken over');
  await ben.post(id, 'heard all the same');
  await hasHeard('heard all the same', id, [page]);
  t.equal(sockets.length, 1);
});

test('another user of the browser has a socket of their own', async (t) => {
  const { url, ben, id, sockets, openPage } = await startBrowser(t);
  const ana = await openPage();
  const ofBen = await newDevice(t, url, 'ben', { shareSocket: true });
  await ofBen.connect();
  await ben.post(id, 'for both');
  await hasHeard('for both', id, [ana, ofBen]);
  t.equal(sockets.length, 1);
});
