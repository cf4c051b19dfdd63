import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { buildPage, isFresh } from '../../scripts/support/build-page.ts';
import { messageIn, openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import type { Scope } from '../support/databases.ts';
import { serviceWorkerReady } from '../support/service-worker.ts';
import { until } from '../support/until.ts';

/** A site whose page is a copy, which may be changed. */
async function startCopiedSite(t: Scope, folder: string) {
  if (!isFresh()) await buildPage();
  cpSync('.web', folder, { recursive: true });
  return startSite(t, { WEB_DIR: folder });
}

const scriptsIn = (folder: string) =>
  readdirSync(join(folder, 'assets')).filter((file) => file.endsWith('.js'));

/** As the next build would: the same scripts by other names, a service worker that knows those, and the old ones gone. */
function release(folder: string, number: number): void {
  const assets = join(folder, 'assets');
  const scripts = scriptsIn(folder);
  for (const file of readdirSync(assets)) if (/\.(gz|br)$/.test(file)) rmSync(join(assets, file));
  const rename = (text: string) =>
    scripts.reduce((all, name) => all.replaceAll(name, `r${number}-${name}`), text);
  for (const file of [join(folder, 'index.html'), ...scripts.map((name) => join(assets, name))])
    writeFileSync(file, rename(readFileSync(file, 'utf8')));
  const worker = join(folder, 'service-worker.js');
  writeFileSync(
    worker,
    rename(readFileSync(worker, 'utf8')).replace(/(?<=shell-)[0-9a-f]{16}/, `release${number}`),
  );
  for (const name of scripts) renameSync(join(assets, name), join(assets, rename(name)));
}

test('a page that was left open over a release takes up the new one, with what was written', async (t) => {
  const folder = t.testdir();
  const site = await startCopiedSite(t, folder);
  const [, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  // With a service worker the files of the old release are still there.
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`, {
    serviceWorkers: 'block',
  });
  const { page } = window;
  await signInTo(window, 'ana');
  await page.getByLabel('Write a message').fill('half a sentence');

  release(folder, 1);
  await page.getByRole('link', { name: 'Find people' }).click();
  await page.getByRole('button', { name: 'Write to ben' }).click();
  t.equal(await page.getByLabel('Write a message').inputValue(), 'half a sentence');

  release(folder, 2);
  const visits = () => window.requests.filter((request) => request === 'GET /rooms').length;
  await page.getByRole('link', { name: 'Find rooms' }).click();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  t.equal(visits(), 0, 'not twice in a row, whatever the reason');
  t.same(window.offences, []);
});

test('a page whose connection fails stays, and goes on when it is there again', async (t) => {
  const site = await startSite(t);
  await site.signUp('ana');
  const window = await openWindow(await openBrowser(t), site.url, { serviceWorkers: 'block' });
  const { page } = window;
  await signInTo(window, 'ana');
  await page.evaluate('globalThis.isSamePage = true');
  await page.route('**/*', (route) => route.abort());
  await page.getByRole('link', { name: 'Find people' }).first().click();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await page.unroute('**/*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByLabel('Search by name').waitFor();
  t.ok(await page.evaluate('globalThis.isSamePage'), 'it was not loaded anew');
  t.same(window.offences, []);
});

test('a service worker takes up a new release when no window runs by the old one any more', async (t) => {
  const folder = t.testdir();
  const site = await startCopiedSite(t, folder);
  const [, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  await ben.postMessage(id, 'Good morning');
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  const { page } = window;
  await signInTo(window, 'ana');
  await serviceWorkerReady(page);
  await page.reload();
  await messageIn(page, 'Good morning').waitFor();
  t.ok(await page.evaluate('navigator.serviceWorker.controller !== null'), 'the premise');
  const [old] = (await page.evaluate('caches.keys()')) as string[];

  release(folder, 1);
  await page.evaluate('globalThis.isSamePage = true');
  await page.evaluate(
    'navigator.serviceWorker.ready.then((registration) => registration.update())',
  );
  await until(() =>
    page.evaluate('navigator.serviceWorker.ready.then(({ waiting }) => waiting !== null)'),
  );
  t.same(await page.evaluate('caches.keys()'), [old, 'shell-release1'], 'beside the old one');
  // Else it might have come from there.
  const session = await page.context().newCDPSession(page);
  const clearHttpCache = () => session.send('Network.clearBrowserCache');
  await clearHttpCache();
  await page.getByRole('link', { name: 'Find people' }).click();
  await page.getByLabel('Search by name').waitFor();
  t.ok(await page.evaluate('isSamePage'), 'which still has what this page is made of');

  await page.goto('about:blank');
  const [newest] = page.context().serviceWorkers().slice(-1);
  if (!newest) throw new Error('there is no service worker');
  await until(() => newest.evaluate('caches.keys().then(({ length }) => length === 1)'));
  await site.stop();
  await clearHttpCache();
  await page.goto(`${site.url}/c/${id}`);
  await messageIn(page, 'Good morning').waitFor();
  t.match(await page.evaluate('document.scripts[0].src'), /\/assets\/r1-index/);
  await page.getByRole('link', { name: 'Find rooms' }).click();
  await page.getByLabel('Search by title or topic').waitFor();
  t.same(await page.evaluate('caches.keys()'), ['shell-release1']);
  t.same(window.offences, []);
});
