import { test } from 'tap';
import { auditDetail } from '../../src/web/admin/audit-detail.ts';
import { completeText, speak } from '../../src/web/text/text.ts';
import { openBrowser, openWindow, startSite } from '../support/browser.ts';
import { PASSWORD } from '../support/http.ts';
import { promote } from '../support/promote.ts';

test('what the log keeps of an act is told in the reader’s language', async (t) => {
  await completeText();
  const cases: [act: Parameters<typeof auditDetail>[0]['act'], kept: string, german: string][] = [
    ['message.remove', 'sent by ben', 'gesendet von ben'],
    ['user.sign-out', '1 sessions', '1 Sitzung'],
    ['user.sign-out', '3 sessions', '3 Sitzungen'],
    ['room.remove', 'Bell ringers, 12 members', 'Bell ringers, 12 Mitglieder'],
    ['room.remove', 'Us, 2 members, 3 members', 'Us, 2 members, 3 Mitglieder'],
    ['room.remove', 'מגדל, 3 members', '\u2068מגדל\u2069, 3 Mitglieder'],
    ['room.remove', 'something new', 'something new'],
    ['user.disable', '', ''],
  ];
  await speak('de');
  for (const [act, detail, german] of cases) t.equal(auditDetail({ act, detail }), german);
  await speak('en');
  t.equal(auditDetail({ act: 'user.sign-out', detail: '1 sessions' }), '1 session');
});

test('the log of a German page is in German', async (t) => {
  const site = await startSite(t);
  const [root, ben] = [await site.signUp('root'), await site.signUp('ben')];
  await promote(site, 'root');
  const id = await ben.createRoom('Bell ringers', { members: ['root'] });
  await ben.postMessage(id, 'something foul');
  await root.delete(`/admin/messages/${id}-1`);
  await root.delete('/admin/users/ben/sessions');
  await root.delete(`/admin/rooms/${id}`);
  const window = await openWindow(await openBrowser(t), `${site.url}/admin/audit`, {
    locale: 'de-DE',
  });
  const { page } = window;
  await page.getByLabel('Benutzername oder E-Mail').fill('root');
  await page.getByLabel('Passwort', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  for (const words of ['gesendet von ben', '1 Sitzung', 'Bell ringers, 2 Mitglieder'])
    await page.locator('.audit-entry', { hasText: `· ${words}` }).waitFor();
  t.same(window.offences, []);
});
