import type { Page } from 'playwright-core';
import { test } from 'tap';
import {
  messageIn,
  openBrowser,
  openWindow,
  signInTo,
  startSite,
  violationsOf,
  write,
} from '../support/browser.ts';
import { promote } from '../support/promote.ts';
import { until } from '../support/until.ts';

const SIZES = [
  { width: 320, height: 640 },
  { width: 1280, height: 800 },
];

test('every view is accessible, light and dark, and no wider than the screen', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  await promote(site, 'ana');
  await ben.createRoom('Bell ringers', { visibility: 'public' });
  const room = await ana.createRoom('Tower captains');
  await ana.put(`/conversations/${room}/members/ben`);
  const id = await ben.open('ana');
  await ben.postMessage(id, `See https://example.org/ ${'long'.repeat(40)}`);
  const { body: message } = await ana.postMessage(id, 'שלום, 🎉');
  await ben.put(`/messages/${message.id}/reactions/👍`);
  await ben.post(`/conversations/${id}/messages`, { json: { body: 'Yes', replyTo: message.id } });
  const past = await ana.createRoom('Last year');
  await ana.patch(`/conversations/${past}/preferences`, { json: { archived: true } });
  const window = await openWindow(await openBrowser(t), site.url);
  const { page } = window;

  const look = async (path: string, ready: string) => {
    await page.goto(site.url + path);
    await page.getByText(ready).first().waitFor();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        t.same(await violationsOf(page), [], `${path} ${size.width} ${colorScheme}`);
      }
      const width = await page.evaluate('document.documentElement.scrollWidth');
      t.equal(width, size.width, `${path} is ${size.width} wide`);
    }
  };
  await look('/sign-in', 'Sign in to Doorbell');
  await look('/register', 'Already have an account?');
  await page.goto(site.url);
  await signInTo(window, 'ana');
  await look('/', 'Pick a conversation');
  await look(`/c/${id}`, 'Today');
  await look('/c/999', 'This conversation is not there');
  await look('/people', '@ben');
  await look('/rooms', 'Bell ringers');
  await look('/rooms/new', 'Who may join');
  await look(`/c/${room}/members`, 'Owner');
  await look(`/c/${room}/add`, '@ben');
  await look('/people/ben', 'Block');
  await look('/people/nobody', 'There is nobody by this name');
  await look('/settings/email', 'Your address now is');
  await look('/settings/password', 'Current password');
  await look('/settings/devices', 'This device');
  await look('/settings/delete-account', 'Type your username');
  await ana.put('/users/ben/block');
  await look('/settings/blocked', '@ben');
  await look(`/c/${id}`, 'You have blocked ben.');
  await look('/search?q=see', 'See https://example.org');
  await look(`/c/${id}/search?q=nowhere`, 'Nothing found');
  await look(`/c/${id}/1`, 'Today');
  await look(`/c/${room}/settings`, 'Members at most');
  await look(`/c/${id}/settings`, 'Clear history');
  await look('/archived', 'Unarchive');
  await look('/settings', 'Appearance');
  await look('/admin', 'SQLite');
  await look('/admin/users', 'ben@example.org');
  await look('/admin/users/ben', 'Disable the account');
  await look('/admin/users/nobody', 'There is nothing here');
  await look('/admin/rooms', 'Bell ringers');
  await look('/admin/messages', 'Id of the message');
  await look('/admin/audit', 'A command on the server made ana an admin');
  await page.goto(`${site.url}/settings`);
  await page.getByLabel('Deutsch').check();
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  t.same(window.offences, []);
});

/** Whether all of what matches is within the window. */
const isInside = (page: Page, selector: string) =>
  page.evaluate(`[...document.querySelectorAll('${selector}')].every((element) => {
    const { left, right } = element.getBoundingClientRect();
    return right > left && left >= 0 && right <= innerWidth;
  })`);

test('what opens over a view is accessible too, and gives the focus back', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ana.createRoom('Tower captains');
  await ana.put(`/conversations/${id}/members/ben`);
  await ben.postMessage(id, 'Who has the key?');
  await ana.postMessage(id, 'Not me');
  const direct = await ben.open('ana');
  await ben.put('/users/ana/block');
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`, {
    reducedMotion: 'reduce',
  });
  const { page } = window;
  const { keyboard } = page;
  await signInTo(window, 'ana');
  await page.setViewportSize({ width: 320, height: 640 });
  const look = async (what: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      t.same(await violationsOf(page), [], `${what}, ${colorScheme}`);
    }
    t.equal(await page.evaluate('document.getAnimations().length'), 0, `${what}: nothing moves`);
  };
  const focusedIs = (words: RegExp) =>
    until(async () =>
      words.test(await page.locator(':focus').evaluate((it) => `${it.ariaLabel}${it.textContent}`)),
    );

  for (const body of ['Who has the key?', 'Not me']) {
    await messageIn(page, body).focus();
    await page.getByRole('group', { name: 'Message actions' }).filter({ visible: true }).waitFor();
    t.ok(await isInside(page, '.message:focus .action'), `actions of ${body}`);
  }
  await look('actions');

  const remove = messageIn(page, 'Not me').getByRole('button', { name: 'Delete' });
  await remove.focus();
  await keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Delete this message?' }).waitFor();
  await look('a question');
  for (let presses = 0; presses < 4; presses += 1) {
    await keyboard.press('Tab');
    t.notOk(
      await page.evaluate(`document.activeElement.closest('.shell-main')`),
      'it stays inside',
    );
  }
  await keyboard.press('Escape');
  await focusedIs(/^Delete/);
  await keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await focusedIs(/Message deleted/);

  await page.goto(`${site.url}/c/${direct}`);
  await write(page, 'You are not to hear this');
  await page.getByText('One of you has blocked the other.').waitFor();
  t.ok(await isInside(page, '[data-failed] .button'));
  await look('a refused message');
  t.same(window.offences, []);
});
