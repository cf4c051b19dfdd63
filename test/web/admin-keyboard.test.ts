import { test } from 'tap';
import {
  focusedName,
  openBrowser,
  openWindow,
  pressUntil,
  signInTo,
  startSite,
} from '../support/browser.ts';
import { promote } from '../support/promote.ts';
import { until } from '../support/until.ts';

test('an admin needs nothing but the keyboard', async (t) => {
  const site = await startSite(t);
  const [, ben] = [await site.signUp('root'), await site.signUp('ben')];
  await promote(site, 'root');
  await ben.createRoom('Bell ringers');
  const window = await openWindow(await openBrowser(t), `${site.url}/settings`);
  const { page } = window;
  await signInTo(window, 'root');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  const go = async (key: string, name: RegExp) => {
    await pressUntil(page, key, name);
    await page.keyboard.press('Enter');
  };
  const focusIsAt = (name: RegExp) => until(async () => name.test(await focusedName(page)));

  await go('Tab', /^ ?Administration/);
  await page.getByText('SQLite: works').waitFor();
  await go('Tab', /^Users/);
  await focusIsAt(/^Search by name/);
  await page.keyboard.type('ben');
  await page.getByRole('link', { name: 'Open: root' }).waitFor({ state: 'detached' });
  await go('Tab', /^Open: ben/);
  await page.getByText('Disable the account').waitFor();
  await go('Tab', /^Disable the account/);
  await page.getByRole('dialog').waitFor();
  await go('Tab', /^Disable the account/);
  await focusIsAt(/^Enable the account/);

  await go('Shift+Tab', /^Rooms/);
  await focusIsAt(/^Search by how/);
  await page.getByText('Bell ringers').waitFor();
  await go('Tab', /Bell ringers/);
  await go('Tab', /^Delete the room/);
  await page.getByRole('dialog').waitFor();
  await go('Tab', /^Delete the room/);
  await focusIsAt(/Bell ringersDeleted/);

  await go('Shift+Tab', /^Messages/);
  await page.getByLabel('Id of the message').waitFor();
  await pressUntil(page, 'Tab', /^$/);
  await page.keyboard.type('1-1');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await go('Shift+Tab', /^Log/);
  await page.getByText('root disabled ben').waitFor();
  t.same(window.offences, []);
});
