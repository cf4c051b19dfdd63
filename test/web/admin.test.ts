import type { Page } from 'playwright-core';
import { test } from 'tap';
import { messageIn, openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import { promote } from '../support/promote.ts';
import { until } from '../support/until.ts';

/** Does something that is confirmed first. */
async function act(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
}

const section = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name });

test('admins look after the installation, and others see nothing of it', async (t) => {
  const site = await startSite(t);
  const [root, ben] = [await site.signUp('root'), await site.signUp('ben')];
  await site.signUp('ana');
  await promote(site, 'root');
  const room = await ben.createRoom('Bell ringers', { members: ['ana'] });
  const direct = await ben.open('ana');
  await ben.postMessage(direct, 'something foul');
  const shared = await ben.createRoom('Tower captains', { members: ['root'] });
  await ben.postMessage(shared, 'as foul');
  const browser = await openBrowser(t);
  const [first, second] = await Promise.all([
    openWindow(browser, `${site.url}/settings`),
    openWindow(browser, `${site.url}/admin`),
  ]);
  const [admin, ana] = [first.page, second.page];
  await Promise.all([signInTo(first, 'root'), signInTo(second, 'ana')]);

  await t.test('an ordinary user finds nothing there', async (t) => {
    await ana.getByText('There is nothing here').waitFor();
    await until(async () => /^(\(\d+\) )?There is nothing here/.test(await ana.title()));
    await ana.getByRole('link', { name: 'Settings' }).click();
    await ana.getByRole('heading', { name: 'Settings' }).waitFor();
    t.equal(await ana.getByRole('link', { name: 'Administration' }).count(), 0);
    t.notOk(second.requests.some((request) => request.includes('/api/v1/admin')));
  });

  await t.test('an admin sees how much there is', async () => {
    await admin.getByRole('link', { name: 'Administration' }).click();
    await admin.getByText('SQLite: works').waitFor();
    await admin.getByText('Direct conversations').waitFor();
  });

  await t.test('a disabled user is signed out at once, and can come back', async () => {
    await section(admin, 'Users').click();
    await admin.getByLabel('Search by name or e-mail').fill('ana@exa');
    await admin.getByRole('link', { name: 'Open: ben' }).waitFor({ state: 'detached' });
    await admin.getByRole('link', { name: 'Open: ana' }).click();
    await act(admin, 'Disable the account');
    await ana.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
    await admin.getByText('Disabled since').waitFor();
    await act(admin, 'Enable the account');
    await admin.getByText('Disabled since').waitFor({ state: 'detached' });
    await signInTo(second, 'ana');
  });

  await t.test('what the server refuses says why', async () => {
    await admin.goto(`${site.url}/admin/users/root`);
    await act(admin, 'Take the admin role away');
    await admin.getByRole('alert').getByText('The server needs an admin.').waitFor();
  });

  await t.test('a message is deleted by its id', async () => {
    await ana.getByRole('link', { name: /ben.*something foul/ }).click();
    await messageIn(ana, 'something foul').waitFor();
    await section(admin, 'Messages').click();
    await admin.getByLabel('Id of the message').fill(`${direct}-9`);
    const remove = admin.getByRole('button', { name: 'Delete the message' });
    const confirm = admin.getByRole('dialog').getByRole('button', { name: 'Delete' });
    await remove.click();
    await confirm.click();
    await admin.getByText('There is no message with this id.').waitFor();
    await admin.getByLabel('Id of the message').fill(`${direct}-1`);
    await remove.click();
    await confirm.click();
    await admin.getByText(`Message ${direct}-1 is deleted.`).waitFor();
    await messageIn(ana, 'Message deleted').waitFor();
  });

  await t.test(
    'in a room that both are in, what others say is deleted where it stands',
    async () => {
      await admin.goto(`${site.url}/c/${shared}`);
      await messageIn(admin, 'as foul').hover();
      await act(admin, 'Delete');
      await messageIn(admin, 'Message deleted').waitFor();
      await admin.goto(`${site.url}/admin`);
    },
  );

  await t.test('its members lose a deleted room at once', async () => {
    await ana.getByRole('link', { name: /Bell ringers/ }).waitFor();
    await section(admin, 'Rooms').click();
    await admin.getByText('Bell ringers').click();
    await act(admin, 'Delete the room');
    await ana.getByRole('link', { name: /Bell ringers/ }).waitFor({ state: 'detached' });
    await admin.getByRole('listitem').getByText('Deleted', { exact: true }).waitFor();
    await admin.getByRole('button', { name: 'Refresh' }).click();
    await admin.getByText('Bell ringers').waitFor({ state: 'detached' });
    await admin.getByText('Tower captains').last().waitFor();
  });

  await t.test('the log tells all of it, the newest first', async (t) => {
    await section(admin, 'Log').click();
    const entries = admin.locator('.audit-entry');
    await entries.first().waitFor();
    const told = (await entries.allInnerTexts()).map((words) => words.split('\n')[0]);
    t.same(told, [
      `root deleted room ${room}`,
      `root deleted message ${shared}-1`,
      `root deleted message ${direct}-1`,
      'root enabled ana',
      'root disabled ana',
      'A command on the server made root an admin',
    ]);
  });

  await t.test('the log is read on to its beginning', async (t) => {
    for (let round = 0; round < 30; round += 1)
      for (const role of ['admin', 'user'])
        await root.patch('/admin/users/ana', { json: { role } });
    await admin.getByRole('button', { name: 'Refresh' }).click();
    await admin.getByText('root took the admin role from ana').first().waitFor();
    t.notOk(await admin.getByText('A command on the server').isVisible(), 'the premise');
    await admin.locator('.audit-entry').last().scrollIntoViewIfNeeded();
    await admin.getByText('A command on the server made root an admin').waitFor();
  });

  await t.test('whoever is no admin any more finds nothing there', async () => {
    await root.patch('/admin/users/ben', { json: { role: 'admin' } });
    await ben.patch('/admin/users/root', { json: { role: 'user' } });
    await admin.getByRole('button', { name: 'Refresh' }).click();
    await admin.getByText('There is nothing here').waitFor();
  });

  t.same([...first.offences, ...second.offences], []);
});
