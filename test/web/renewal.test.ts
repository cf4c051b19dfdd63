import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { buildPage, isFresh } from '../../scripts/support/build-page.ts';
import { openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import type { Scope } from '../support/databases.ts';

/** A site whose page is a copy, which may be changed. */
async function startCopiedSite(t: Scope, folder: string) {
  if (!isFresh()) await buildPage();
  cpSync('.web', folder, { recursive: true });
  return startSite(t, { WEB_DIR: folder });
}

const scriptsIn = (folder: string) =>
  readdirSync(join(folder, 'assets')).filter((file) => file.endsWith('.js'));

/** As the next build would: the same scripts by other names, and the old ones gone. */
function release(folder: string, number: number): void {
  const assets = join(folder, 'assets');
  const scripts = scriptsIn(folder);
  for (const file of readdirSync(assets)) if (/\.(gz|br)$/.test(file)) rmSync(join(assets, file));
  const rename = (text: string) =>
    scripts.reduce((all, name) => all.replaceAll(name, `r${number}-${name}`), text);
  for (const file of [join(folder, 'index.html'), ...scripts.map((name) => join(assets, name))])
    writeFileSync(file, rename(readFileSync(file, 'utf8')));
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
