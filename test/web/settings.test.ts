import { test } from 'tap';
import { deviceName } from '../../src/web/settings/device-name.ts';
import { completeText } from '../../src/web/text/text.ts';
import {
  messageIn,
  openBrowser,
  openWindow,
  registerIn,
  signInTo,
  startSite,
  violationsOf,
  write,
} from '../support/browser.ts';
import { PASSWORD } from '../support/http.ts';
import { startMailbox } from '../support/mailbox.ts';

test('what a person sets about themselves', async (t) => {
  const mailbox = await startMailbox(t);
  const site = await startSite(t, { SMTP_URL: mailbox.url });
  const browser = await openBrowser(t);
  const open = () => openWindow(browser, site.url);
  const [first, second, third] = await Promise.all([open(), open(), open()]);
  await Promise.all([registerIn(first, 'ana'), registerIn(second, 'ben')]);
  await signInTo(third, 'ana');
  const [ana, ben, tablet] = [first.page, second.page, third.page];
  const goTo = async (name: string) => {
    await ana.getByRole('link', { name: 'Settings' }).click();
    await ana.getByRole('heading', { name: 'Settings' }).waitFor();
    await ana.getByRole('link', { name }).click();
    await ana.getByRole('heading', { name, level: 1 }).waitFor();
  };

  await t.test('a profile is saved, and seen by others and on other devices', async (t) => {
    await ana.getByRole('link', { name: 'Settings' }).click();
    await ana.getByLabel('Name').fill('   ');
    await ana.getByRole('button', { name: 'Save' }).click();
    await ana.getByText('Take 1 to 64 characters.').waitFor();
    t.same(await violationsOf(ana), []);
    await ana.getByLabel('Name').fill('Ana Bell');
    await ana.getByLabel('About you').fill('Rings the tenor.\nOn Thursdays.');
    await ana.getByRole('button', { name: 'Save' }).click();
    await ana.getByText('Saved', { exact: true }).waitFor();
    for (const page of [ana, tablet])
      await page.getByRole('navigation').getByText('Ana Bell').waitFor();
    await ben.getByRole('link', { name: 'Find people' }).first().click();
    await ben.getByRole('link', { name: /@ana/ }).click();
    await ben.getByRole('heading', { name: 'Ana Bell' }).waitFor();
    t.match(await ben.getByText('Rings the tenor.').innerText(), /tenor\.\nOn Thursdays/);
  });

  await t.test('another address needs the password, and the link that is mailed', async () => {
    await goTo('E-mail');
    await ana.getByLabel('New e-mail address').fill('new@example.org');
    await ana.getByLabel('Current password').fill('not the password');
    await ana.getByRole('button', { name: 'Send the link' }).click();
    await ana.getByText('That is not your current password.').waitFor();
    await ana.getByLabel('Current password').fill(PASSWORD);
    await ana.getByRole('button', { name: 'Send the link' }).click();
    await ana.getByText('A link is on its way to new@example.org').waitFor();
    await mailbox.newest('new@example.org');
  });

  await t.test('a device is ended from another one', async (t) => {
    await goTo('Devices');
    await ana.getByText('This device').waitFor();
    await ana.getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
    await tablet.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
    t.equal(await ana.getByRole('main').getByRole('listitem').getByRole('button').count(), 0);
    await signInTo(third, 'ana');
  });

  await t.test('another password is set with the current one, and ends other devices', async () => {
    await goTo('Password');
    await ana.getByLabel('Current password').fill('not the password');
    await ana.getByLabel('New password').fill('a newer password for tests');
    await ana.getByRole('button', { name: 'Save' }).click();
    await ana.getByText('That is not your current password.').waitFor();
    await ana.getByLabel('Current password').fill(PASSWORD);
    await ana.getByRole('button', { name: 'Save' }).click();
    await ana.getByRole('heading', { name: 'The new password is set' }).waitFor();
    await tablet.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
  });

  await t.test('who is blocked cannot write, until that is undone', async () => {
    await ben.getByRole('button', { name: 'Write' }).click();
    await write(ben, 'Hello Ana');
    await ana.getByRole('link', { name: /Ben.*1 unread message/ }).click();
    await messageIn(ana, 'Hello Ana').waitFor();
    await ana.getByRole('button', { name: 'Block Ben' }).click();
    await ana.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await ana.getByText('You have blocked Ben.').waitFor();
    await ana.getByLabel('Write a message').waitFor({ state: 'detached' });
    await write(ben, 'Are you there?');
    await ben.getByText('One of you has blocked the other.').waitFor();

    await ana.reload();
    await ana.getByText('You have blocked Ben.').waitFor();
    await goTo('Blocked people');
    await ana.getByRole('button', { name: 'Unblock Ben' }).click();
    await ana.getByRole('button', { name: 'Block Ben' }).waitFor();
    await ben.getByRole('button', { name: 'Try again' }).click();
    await ana.getByRole('link', { name: /Ben.*Are you there/ }).click();
    await ana.getByLabel('Write a message').waitFor();
  });

  await t.test('an account is deleted by whoever types its username', async () => {
    await goTo('Delete account');
    const username = ana.getByLabel('Type your username, ana');
    await username.fill('anna');
    await ana.getByRole('button', { name: 'Delete account' }).click();
    await ana.getByText('That is not your username.').waitFor();
    await username.fill('ana');
    await ana.getByRole('button', { name: 'Delete account' }).click();
    await ana.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
    await ben.getByRole('heading', { name: 'Deleted user' }).waitFor();
    await ben.getByRole('button', { name: 'Block' }).waitFor({ state: 'detached' });
  });

  t.same(
    [first, second, third].flatMap(({ offences }) => offences),
    [],
  );
});

test('somebody signs out everywhere', async (t) => {
  const site = await startSite(t);
  const browser = await openBrowser(t);
  const [first, second] = await Promise.all([
    openWindow(browser, site.url),
    openWindow(browser, site.url),
  ]);
  await registerIn(first, 'ana');
  await signInTo(second, 'ana');
  await first.page.goto(`${site.url}/settings/devices`);
  await first.page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await first.page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  for (const { page, offences } of [first, second]) {
    await page.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
    t.same(offences, []);
  }
});

test('devices are called what people call them', async (t) => {
  await completeText();
  const mozilla = 'Mozilla/5.0';
  const cases: [userAgent: string, name: string][] = [
    [`${mozilla} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Linux'],
    [
      `${mozilla} (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36`,
      'Chrome on Android',
    ],
    [
      `${mozilla} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
      'Edge on Windows',
    ],
    [
      `${mozilla} (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1`,
      'Safari on iPhone',
    ],
    ['doorbell-cli/1.0', 'doorbell-cli/1.0'],
    ['', 'Unknown device'],
  ];
  for (const [userAgent, name] of cases) t.equal(deviceName(userAgent), name);
});
