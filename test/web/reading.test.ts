import { test } from 'tap';
import {
  openBrowser,
  openWindow,
  pressUntil,
  signInTo,
  startSite,
  write,
} from '../support/browser.ts';
import { until } from '../support/until.ts';

test('older messages come in above without moving what is read', async (t) => {
  const site = await startSite(t);
  const [, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  for (let number = 1; number <= 80; number += 1)
    await ben.postMessage(id, `message ${number}${' and more'.repeat(number % 30)}`);
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  const { page } = window;
  await signInTo(window, 'ana');
  await page.getByText('New messages').waitFor();
  const timeline = page.getByRole('region', { name: 'Messages' });
  const said = timeline.getByText(/^message \d+/);
  // It is opened at its first unread message, the first that was loaded: so more are, at once.
  await until(async () => (await said.count()) > 15);
  await write(page, 'I am at the end');
  await timeline.getByText('I am at the end').waitFor();

  const answers = Promise.withResolvers<void>();
  await page.route('**/messages?before=*', async (route) => {
    await answers.promise;
    await route.continue();
  });
  const count = await said.count();
  const words = (await said.first().innerText()).trim();
  const placeOf = async () => (await timeline.getByText(words, { exact: true }).boundingBox())?.y;
  await said.first().scrollIntoViewIfNeeded();
  const before = await placeOf();
  t.equal(await said.count(), count, 'nothing has come yet');
  answers.resolve();
  await until(async () => (await said.count()) > count);
  t.ok(Math.abs(Number(await placeOf()) - Number(before)) < 1, `${await placeOf()}, was ${before}`);
  t.ok(count >= 15 && count < 80, 'the premise');

  await ben.postMessage(id, 'one more');
  await page.getByRole('button', { name: '1 new message' }).waitFor();
  t.equal(await page.locator('[aria-live]').innerText(), 'ben: one more', 'it is read out');
  await page.getByRole('button', { name: '1 new message' }).click();
  await timeline.getByText('one more').waitFor();
  t.same(window.offences, []);
});

test('all of it can be done by the keyboard, and the focus goes where one goes on', async (t) => {
  const site = await startSite(t);
  const [, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  await ben.postMessage(id, 'Can you hear me?');
  const window = await openWindow(await openBrowser(t), site.url);
  const { page } = window;
  const { keyboard } = page;
  await signInTo(window, 'ana');
  const focused = () => page.locator(':focus');
  const press = (key: string, until: RegExp) => pressUntil(page, key, until);

  await page.getByRole('link', { name: /Can you hear me/ }).waitFor();
  await press('Tab', /Can you hear me/);
  await keyboard.press('Enter');
  await page.getByLabel('Write a message').waitFor();
  await until(async () => (await focused().getAttribute('aria-label')) === 'Write a message');
  await press('Shift+Tab', /Can you hear me/);
  await press('Tab', /^Reply/);
  await keyboard.press('Enter');
  await until(async () => (await focused().getAttribute('aria-label')) === 'Write a message');
  await keyboard.type('Loud and clear');
  await keyboard.press('Enter');
  await page.getByRole('button', { name: /ben Can you hear me/ }).waitFor();
  await press('Shift+Tab', /Loud and clear/);
  await keyboard.press('ArrowUp');
  t.match(await focused().innerText(), /Can you hear me/);

  await press('Shift+Tab', /^Settings/);
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await press('Tab', /Sign out/);
  await page.goBack();
  await page.getByLabel('Write a message').waitFor();
  t.same(window.offences, []);
});
