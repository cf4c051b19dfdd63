import type { Page } from 'playwright-core';
import { test } from 'tap';
import {
  messageIn,
  openBrowser,
  openWindow,
  signInTo,
  startSite,
  write,
} from '../support/browser.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';

/** What the page's database holds; run in the page. */
const READ_KEPT = `(async () => {
  const settled = (request) =>
    new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await settled(indexedDB.open('doorbell'));
  const read = (name) => settled(database.transaction(name).objectStore(name).getAll());
  return JSON.stringify(await Promise.all([...database.objectStoreNames].map(read)));
})()`;

/** Ana in one window, looking at her conversation with Ben, who is not in a browser. */
async function startTalk(t: Scope) {
  const site = await startSite(t);
  const [, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  await ben.postMessage(id, 'Good morning');
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  await signInTo(window, 'ana');
  await messageIn(window.page, 'Good morning').waitFor();
  return { site, ben, id, window };
}

function countSockets(pages: readonly Page[]) {
  const open = new Set<unknown>();
  for (const page of pages)
    page.on('websocket', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
  return open;
}

test('the tabs of a browser have one socket, and when its tab is closed another has it', async (t) => {
  const { site, ben, id, window } = await startTalk(t);
  const { page: first } = window;
  const [second, third] = [await first.context().newPage(), await first.context().newPage()];
  const sockets = countSockets([second, third]);
  for (const tab of [second, third]) {
    await tab.goto(`${site.url}/c/${id}`);
    await messageIn(tab, 'Good morning').waitFor();
  }
  await ben.postMessage(id, 'To all tabs');
  for (const tab of [first, second, third]) await messageIn(tab, 'To all tabs').waitFor();
  t.equal(sockets.size, 0, 'besides that of the first');

  await first.close();
  await ben.postMessage(id, 'To those that are left');
  for (const tab of [second, third]) await messageIn(tab, 'To those that are left').waitFor();
  await until(() => sockets.size === 1);
  await write(second, 'Heard');
  await messageIn(third, 'Heard').waitFor();
  t.same(window.offences, []);
});

test('a page that is loaded while the server is away shows what was kept, and sends what was written', async (t) => {
  const { ben, id, window } = await startTalk(t);
  const { page } = window;
  // The page itself still comes, from wherever; nothing of the service does.
  await page.context().route('**/api/**', (route) => route.abort());
  await write(page, 'Written offline');
  await messageIn(page, 'Written offline').waitFor();
  const kept = () => page.evaluate<string>(READ_KEPT);
  await until(async () => /Good morning.*Written offline/s.test(await kept()));
  await page.reload();
  await messageIn(page, 'Good morning').waitFor();
  await page.getByRole('link', { name: /Good morning/ }).waitFor();
  await messageIn(page, 'Written offline').getByText('Will be sent when connected').waitFor();
  await ben.postMessage(id, 'Said meanwhile');

  await page.context().unroute('**/api/**');
  await messageIn(page, 'Said meanwhile').waitFor();
  await messageIn(page, 'Written offline').getByText('Sent', { exact: true }).waitFor();
  const { body } = await ben.get(`/conversations/${id}/messages`);
  t.same(body.messages.map((message: { body: string }) => message.body).sort(), [
    'Good morning',
    'Said meanwhile',
    'Written offline',
  ]);

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
  t.equal(await page.evaluate(READ_KEPT), '[[],[],[]]', 'nothing is left on the device');
});
