import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { test } from 'tap';
import { openBrowser, openWindow, signInTo, startSite, violationsOf } from '../support/browser.ts';
import { startPushService, vapidSettings } from '../support/push-service.ts';
import { pusher, serviceWorkerReady } from '../support/service-worker.ts';
import { until } from '../support/until.ts';

const PAGE = '/manifest.webmanifest';

interface Manifest {
  icons: { src: string; sizes: string }[];
}

interface Shown {
  title: string;
  body: string;
  tag: string;
}

/** All that the service worker shows, asked for at an address of the site where nothing of it runs. */
const shownIn = (page: Page): Promise<Shown[]> =>
  page.evaluate(`navigator.serviceWorker.getRegistration('/')
    .then((registration) => registration.getNotifications())
    .then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))`);

test('the page can be installed, and starts without the server', async (t) => {
  const site = await startSite(t);
  await site.signUp('ana');
  const browser = await openBrowser(t);
  const window = await openWindow(browser, site.url);
  const { page } = window;
  const { icons, ...manifest } = (await (await fetch(site.url + PAGE)).json()) as Manifest;
  t.match(manifest, { name: 'Doorbell', start_url: '/', display: 'standalone' });
  for (const { src, sizes } of icons) {
    const answer = await fetch(site.url + src);
    t.equal(answer.headers.get('content-type'), 'image/png', src);
    const image = Buffer.from(await answer.arrayBuffer());
    t.equal(`${image.readUInt32BE(16)}x${image.readUInt32BE(20)}`, sizes, src);
  }
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // As every window of a test is.
  const others = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
  t.same(others, []);
  t.equal(await serviceWorkerReady(page), `${site.url}/service-worker.js`);

  await signInTo(window, 'ana');
  await site.stop();
  await page.goto(`${site.url}/settings`);
  await page.getByText('The server does not answer').waitFor();
  t.same(window.offences, []);
  const again = await startSite(t, { ...site.env, PORT: new URL(site.url).port });
  t.equal(again.url, site.url);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
});

test('a worker of another release than the page keeps nothing of it', async (t) => {
  const worker = readFileSync('.web/service-worker.js', 'utf8');
  t.match(worker, /assets\/index-[\w-]+\.js/, 'it knows its files');
  const html = readFileSync('.web/index.html', 'utf8');
  for (const [file] of html.matchAll(/\/assets\/[\w.-]+/g)) t.ok(worker.includes(file), file);
});

test('who turns it on is told of a message while no window is open, and never by its push alone', async (t) => {
  const env = vapidSettings();
  const [site, service] = [await startSite(t, env), await startPushService(t)];
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ana.open('ben');
  const device = service.device();
  const browser = await openBrowser(t);
  const window = await openWindow(browser, site.url, { permissions: ['notifications'] });
  const { page } = window;
  // In place of the service of the browser's maker: the one of this test.
  await page.addInitScript(`
    const subscription = {
      options: {},
      toJSON: () => (${JSON.stringify(device.subscription)}),
      unsubscribe: async () => delete localStorage.subscribed,
    };
    PushManager.prototype.getSubscription = async () => localStorage.subscribed ? subscription : null;
    PushManager.prototype.subscribe = async () => {
      localStorage.subscribed = 'yes';
      return subscription;
    };
  `);
  await page.reload();
  await signInTo(window, 'ben');
  await serviceWorkerReady(page);
  const push = await pusher(page.context(), page, site.url);

  await page.goto(`${site.url}/settings`);
  const choice = page.getByRole('switch', { name: /Tell me of new messages/ });
  await choice.click();
  await page.getByRole('switch', { checked: true }).waitFor();
  t.same(await violationsOf(page), []);

  await page.goto(site.url + PAGE);
  await until(async () => !(await ana.get('/users/ben')).body.online);
  const { body: first } = await ana.postMessage(id, 'Are you there?');
  await device.hears(first.id);
  await push(device.pushes[0]?.text ?? '');
  await until(async () => (await shownIn(page)).length === 1);
  t.same(await shownIn(page), [
    { title: 'ana', body: 'Are you there?', tag: `conversation-${id}` },
  ]);

  const { body: second } = await ana.postMessage(id, 'Hello?');
  await push(JSON.stringify({ event: 'message.created', id: second.id }));
  await until(async () => (await shownIn(page))[0]?.body === 'Hello?');
  t.equal((await shownIn(page)).length, 1, 'one of each conversation');

  const room = await ana.createRoom('Bell ringers', { members: ['ben'] });
  await ana.postMessage(room, 'Tonight at eight');
  await push(JSON.stringify({ event: 'message.created', id: `${room}-1` }));
  await until(async () => (await shownIn(page)).length === 2);
  const [ofRoom] = (await shownIn(page)).filter(({ tag }) => tag === `conversation-${room}`);
  t.match(ofRoom, { title: 'Bell ringers', body: 'ana: Tonight at eight' });

  await push(JSON.stringify({ event: 'message.created', id: '999-1' }));
  await until(async () => (await shownIn(page)).length === 3);
  const [unknown] = (await shownIn(page)).filter(({ tag }) => tag === 'conversation-999');
  t.match(unknown, { title: 'Doorbell', body: 'There is a new message' });

  await page.goto(`${site.url}/c/${id}`);
  await page.getByText('Are you there?').last().waitFor();
  await until(async () => (await shownIn(page)).every(({ tag }) => tag !== `conversation-${id}`));

  await page.goto(`${site.url}/settings`);
  await page.getByRole('switch', { checked: true }).click();
  await page.getByRole('switch', { checked: false }).waitFor();
  t.equal((await ben.delete('/push/subscriptions/1')).status, 404, 'the server knows it no more');
  t.same(window.offences, []);
});

test('it is not offered where the server has no keys', async (t) => {
  const site = await startSite(t);
  await site.signUp('ana');
  const window = await openWindow(await openBrowser(t), site.url);
  await signInTo(window, 'ana');
  const asked = window.page.waitForResponse(/push\/key/);
  await window.page.goto(`${site.url}/settings`);
  t.equal((await asked).status(), 404);
  await window.page.getByText('Language').waitFor();
  t.equal(await window.page.getByRole('switch').count(), 0);
});
