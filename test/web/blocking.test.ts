import { test } from 'tap';
import { messageIn, openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import { startServer } from '../support/process.ts';

test('whom one blocks on one device is blocked on the others at once, and after they were away', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  await site.signUp('eve');
  const id = await ben.open('ana');
  await ben.postMessage(id, 'Good morning');
  const browser = await openBrowser(t);
  const [first, second] = await Promise.all([
    openWindow(browser, `${site.url}/c/${id}`),
    openWindow(browser, `${site.url}/c/${id}`),
  ]);
  await signInTo(first, 'ana');
  await signInTo(second, 'ana');
  const [phone, tablet] = [first.page, second.page];
  for (const page of [phone, tablet]) await messageIn(page, 'Good morning').waitFor();

  await phone.getByRole('button', { name: 'Block ben' }).click();
  await phone.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  for (const page of [phone, tablet]) await page.getByText('You have blocked ben.').waitFor();
  await tablet.getByRole('status').getByRole('button', { name: 'Unblock' }).click();
  for (const page of [phone, tablet]) await page.getByLabel('Write a message').waitFor();

  await phone.goto(`${site.url}/settings/blocked`);
  await phone.getByText('You have blocked nobody').waitFor();
  await tablet.goto(`${site.url}/people/eve`);
  await tablet.getByRole('button', { name: 'Block' }).waitFor();
  await ana.put('/users/eve/block');
  await phone.getByRole('button', { name: 'Unblock eve' }).waitFor();
  await tablet.getByRole('button', { name: 'Unblock' }).click();
  await phone.getByRole('button', { name: 'Block eve' }).waitFor();

  await tablet.goto(`${site.url}/c/${id}`);
  await tablet.getByLabel('Write a message').waitFor();
  await site.stop('SIGKILL');
  await tablet.getByText('Connecting…').waitFor();
  const elsewhere = await startServer(t, site.env);
  await ana.at(elsewhere).put('/users/ben/block');
  await elsewhere.stop();
  await startServer(t, { ...site.env, PORT: new URL(site.url).port });
  await tablet.getByText('You have blocked ben.').waitFor();
  t.same([...first.offences, ...second.offences], []);
});
