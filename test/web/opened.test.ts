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
import { until } from '../support/until.ts';

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
