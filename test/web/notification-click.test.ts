import type { Worker } from 'playwright-core';
import { test } from 'tap';
import { messageIn, openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import { pusher, serviceWorkerReady } from '../support/service-worker.ts';
import { until } from '../support/until.ts';

/** Chromium lets none but real clicks focus or open a window: what the worker wants is written down instead. */
const WRITE_DOWN = `
  globalThis.wanted = [];
  WindowClient.prototype.focus = async function () { wanted.push('focus'); return this; };
  Clients.prototype.openWindow = async (path) => { wanted.push(path); return null; };
`;

async function wantedBy(worker: Worker) {
  await until(() => worker.evaluate('wanted.length > 0'));
  return worker.evaluate('wanted.splice(0)');
}

const countShown = (worker: Worker) =>
  worker.evaluate('registration.getNotifications().then(({ length }) => length)');

/** As a click on the only notification would. */
const click = (worker: Worker) =>
  worker.evaluate(`registration.getNotifications().then(([notification]) => {
    dispatchEvent(new NotificationEvent('notificationclick', { notification }));
  })`);

test('a click on a notification leads to its conversation, in the window that there is, else in a new one', async (t) => {
  const site = await startSite(t);
  const [ana] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ana.open('ben');
  await ana.postMessage(id, 'Are you there?');
  const window = await openWindow(await openBrowser(t), `${site.url}/settings`, {
    permissions: ['notifications'],
  });
  const { page } = window;
  await signInTo(window, 'ben');
  await serviceWorkerReady(page);
  const push = await pusher(page.context(), page, site.url);
  const [worker] = page.context().serviceWorkers();
  if (!worker) throw new Error('there is no service worker');
  await worker.evaluate(WRITE_DOWN);
  const notify = async () => {
    await push(JSON.stringify({ event: 'message.created', id: `${id}-1` }));
    await until(async () => (await countShown(worker)) === 1);
  };

  await notify();
  await page.evaluate('globalThis.isSamePage = true');
  await click(worker);
  await messageIn(page, 'Are you there?').waitFor();
  t.equal(new URL(page.url()).pathname, `/c/${id}`);
  t.ok(await page.evaluate('isSamePage'), 'it was not loaded anew');
  t.same(await wantedBy(worker), ['focus']);
  t.equal(await countShown(worker), 0);

  // Of the site, but no window of the page.
  await page.goto(`${site.url}/manifest.webmanifest`);
  await notify();
  await click(worker);
  t.same(await wantedBy(worker), [`/c/${id}`]);
  t.equal(await countShown(worker), 0);
  t.same(window.offences, []);
});
