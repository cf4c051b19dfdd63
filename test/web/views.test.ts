import { test } from 'tap';
import { openBrowser, openWindow, signInTo, startSite, violationsOf } from '../support/browser.ts';
import { promote } from '../support/promote.ts';

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
