import { globSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import {
  messageIn,
  openBrowser,
  openWindow,
  signInTo,
  startSite,
  violationsOf,
} from '../support/browser.ts';
import { until } from '../support/until.ts';

/** Bytes, gzipped, of one language's. */
const MOST = 60_000;

test('any emoji is found by its name, by group or by the keyboard, and picked', async (t) => {
  const site = await startSite(t);
  const [, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  await ben.postMessage(id, 'Tea?');
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  const { page } = window;
  const { keyboard } = page;
  await signInTo(window, 'ana');
  const input = page.getByLabel('Write a message');
  const dialog = page.getByRole('dialog', { name: 'Emoji' });
  const focusedName = () => page.locator(':focus').getAttribute('aria-label');

  await input.fill('Yes  please');
  await input.press('Home');
  for (let presses = 0; presses < 4; presses += 1) await keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Insert an emoji' }).click();
  await dialog.getByRole('button', { name: 'grinning face', exact: true }).waitFor();
  t.same(await violationsOf(page), []);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ colorScheme: 'dark' });
  t.same(await violationsOf(page), [], 'narrow and dark');
  const isCut = `[...document.querySelectorAll('.emoji-dialog :is(input, button)')].some(
    (part) => part.getBoundingClientRect().right > part.closest('dialog').getBoundingClientRect().right
  )`;
  t.notOk(await page.evaluate(isCut), 'all of it is inside');
  await page.setViewportSize({ width: 1280, height: 800 });

  await until(async () => (await focusedName()) === 'Search emoji');
  await keyboard.press('ArrowDown');
  t.equal(await focusedName(), 'grinning face');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowDown');
  const below = await focusedName();
  await keyboard.press('ArrowUp');
  t.equal(await focusedName(), 'grinning face with big eyes');
  t.not(below, 'grinning face with big eyes');
  await keyboard.press('ArrowUp');
  t.equal(await focusedName(), 'Search emoji');
  await keyboard.type('tea');
  await dialog.getByRole('button', { name: 'teapot' }).click();
  await dialog.waitFor({ state: 'detached' });
  t.equal(await input.inputValue(), 'Yes 🫖 please');
  await keyboard.type('!');
  t.equal(await input.inputValue(), 'Yes 🫖! please', 'one writes on after it');

  await messageIn(page, 'Tea?').hover();
  const more = messageIn(page, 'Tea?').getByRole('button', { name: 'React with another emoji' });
  await more.click();
  const recent = dialog.getByRole('region', { name: 'Recently used' });
  await recent.getByRole('button', { name: 'teapot' }).click();
  await messageIn(page, 'Tea?').getByRole('button', { name: '1 reaction 🫖' }).waitFor();
  await until(async () => (await focusedName()) === 'React with another emoji');

  await keyboard.press('Enter');
  await dialog.getByLabel('Search emoji').fill('no such thing');
  await dialog.getByText('No such emoji').waitFor();
  // The first one empties the search.
  await keyboard.press('Escape');
  await keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await until(async () => (await focusedName()) === 'React with another emoji');

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Deutsch').check();
  await page.goBack();
  await page.getByRole('button', { name: 'Emoji einfügen' }).click();
  await dialog.getByLabel('Emoji suchen').fill('teekanne');
  await dialog.getByRole('button', { name: 'Teekanne' }).click();
  t.same(window.offences, []);
});

test('the names of emoji are a file of their own for each language, and not too large', async (t) => {
  const files = globSync('.web/assets/*.js').filter((file) =>
    readFileSync(file, 'utf8').includes('🫖'),
  );
  t.equal(files.length, 2);
  for (const file of files) {
    const size = gzipSync(readFileSync(file)).length;
    t.ok(size <= MOST, `${file}: ${size} bytes`);
  }
});
