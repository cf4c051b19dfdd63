import { test } from 'tap';
import {
  openBrowser,
  openWindow,
  registerIn,
  startSite,
  violationsOf,
} from '../support/browser.ts';
import { startMailbox, tokenIn } from '../support/mailbox.ts';

test('a forgotten password is set anew by a mailed link, once', async (t) => {
  const mailbox = await startMailbox(t);
  const site = await startSite(t, { SMTP_URL: mailbox.url });
  await site.signUp('ana');
  const window = await openWindow(await openBrowser(t), site.url);
  const { page } = window;
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await page.getByLabel('E-mail').fill('ana@example.org');
  t.same(await violationsOf(page), []);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('heading', { name: 'Look at your mail' }).waitFor();

  const link = `${site.url}/reset-password#token=${tokenIn(await mailbox.newest('ana@example.org'))}`;
  await page.goto(link);
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('password1234');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('not a password that everybody tries first').waitFor();
  t.same(await violationsOf(page), []);
  await password.fill('another password for tests');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'The new password is set' }).waitFor();
  t.same(await violationsOf(page), []);
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByLabel('Username or e-mail').fill('ana@example.org');
  await page.getByLabel('Password', { exact: true }).fill('another password for tests');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();

  await page.goto('about:blank');
  await page.goto(link);
  await password.fill('yet another password');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('This link is not valid any more.').waitFor();
  t.same(window.offences, []);
});

test('a new e-mail address is confirmed by a mailed link', async (t) => {
  const mailbox = await startMailbox(t);
  const site = await startSite(t, { SMTP_URL: mailbox.url });
  const window = await openWindow(await openBrowser(t), site.url);
  const { page } = window;
  await registerIn(window, 'ana');
  const { body } = await site.request('POST', '/auth/login', {
    json: { username: 'ana', password: 'a password for tests' },
  });
  await site.request('PUT', '/users/me/email', {
    token: body.accessToken,
    json: { email: 'new@example.org', password: 'a password for tests' },
  });
  const token = tokenIn(await mailbox.newest('new@example.org'));
  await page.goto(`${site.url}/confirm-email#token=${token}`);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('heading', { name: 'Your e-mail address is confirmed' }).waitFor();
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  t.same(window.offences, []);
});
