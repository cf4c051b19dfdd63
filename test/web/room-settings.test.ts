import { test } from 'tap';
import { openBrowser, openWindow, signInTo, startSite, violationsOf } from '../support/browser.ts';
import { until } from '../support/until.ts';

test('a room is what its owner makes of it, until it is deleted', async (t) => {
  const site = await startSite(t);
  const [ana] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ana.createRoom('Bell ringers');
  await ana.put(`/conversations/${id}/members/ben`, { json: { role: 'moderator' } });
  const browser = await openBrowser(t);
  const [first, second] = [
    await openWindow(browser, `${site.url}/c/${id}`),
    await openWindow(browser, `${site.url}/c/${id}/settings`),
  ];
  await signInTo(first, 'ana');
  await signInTo(second, 'ben');
  const [owner, moderator] = [first.page, second.page];

  await owner.getByRole('link', { name: 'Options' }).click();
  await owner.getByLabel('Title').fill('Tower captains');
  await owner.getByLabel('Topic').fill('Every Thursday');
  t.ok(await owner.getByLabel('Everything').isChecked(), 'what was said before can be read');
  await owner.getByLabel('Only what is said after they came').check();
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Saved', { exact: true }).waitFor();
  t.match((await ana.get(`/conversations/${id}`)).body, {
    visibility: 'private',
    history: 'joined',
  });
  await owner.getByLabel('Everybody').check();
  t.equal(await owner.getByText('What new members can read').count(), 0, 'a public room shows all');
  await owner.getByLabel('Members at most').fill('1');
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Take a number from that of the members').waitFor();
  await owner.getByLabel('Members at most').fill('2');
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Saved', { exact: true }).waitFor();
  t.match((await ana.get(`/conversations/${id}`)).body, {
    title: 'Tower captains',
    topic: 'Every Thursday',
    visibility: 'public',
    maxMembers: 2,
  });

  await moderator.getByRole('heading', { name: 'Options of Tower captains' }).waitFor();
  t.equal(await moderator.getByLabel('Members at most').count(), 0, 'for owners');
  t.equal(await moderator.getByRole('button', { name: 'Delete room' }).count(), 0, 'for owners');
  await moderator.getByLabel('Title').fill('Sextons');
  await moderator.getByRole('button', { name: 'Save' }).click();
  await owner.getByRole('heading', { name: 'Options of Sextons' }).waitFor();

  await owner.getByRole('button', { name: 'Delete room' }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Delete room' }).click();
  await owner.getByText('Nobody here yet').waitFor();
  await moderator.getByText('This conversation is not there').waitFor();
  t.same([...first.offences, ...second.offences], []);
});

test('who is added to a private room reads of it what was chosen when it was made', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const window = await openWindow(await openBrowser(t), `${site.url}/rooms/new`);
  const { page } = window;
  await signInTo(window, 'ana');
  await page.goto(`${site.url}/rooms/new`);
  await page.getByLabel('Title').fill('Tower captains');
  t.equal(await page.getByText('What new members can read').count(), 0, 'a public room shows all');
  await page.getByLabel('Only whom members add').check();
  await page.getByLabel('Only what is said after they came').check();
  t.same(await violationsOf(page), []);
  await page.getByRole('button', { name: 'Create room' }).click();
  await page.getByRole('heading', { name: 'Add people' }).waitFor();
  const [, , id = ''] = new URL(page.url()).pathname.split('/');
  await ana.postMessage(id, 'before he came');
  await page.getByRole('button', { name: 'Add ben' }).click();
  await page.getByText('Added', { exact: true }).waitFor();
  await ana.postMessage(id, 'after he came');
  t.match(await ben.readAll(id), [{ body: 'after he came' }]);
  t.same(window.offences, []);
});

test('a conversation is muted, archived and cleared for oneself alone', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  await ben.postMessage(id, 'first words');
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  const { page } = window;
  await signInTo(window, 'ana');
  await page.getByRole('region', { name: 'Messages' }).getByText('first words').waitFor();
  const entry = page.getByRole('list', { name: 'Conversations' }).getByRole('link');

  await page.getByRole('link', { name: 'Options' }).click();
  await page.getByRole('button', { name: 'Mute' }).click();
  await page.getByRole('button', { name: 'Unmute' }).waitFor();
  await ben.postMessage(id, 'second words');
  await entry.filter({ hasText: '1 unread message' }).waitFor();
  t.equal(await page.title(), 'ben · Doorbell');
  await page.getByRole('button', { name: 'Unmute' }).click();
  await until(async () => (await page.title()) === '(1) ben · Doorbell');

  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('link', { name: 'Archived (1)' }).click();
  t.equal(await entry.count(), 0);
  await page.getByRole('button', { name: 'Unarchive ben' }).click();
  await page.getByText('Nothing is archived').waitFor();
  await entry.click();

  await page.getByRole('link', { name: 'Options' }).click();
  await page.getByRole('button', { name: 'Clear history' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Clear history' }).click();
  await entry.filter({ hasText: 'words' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.getByText('This is where it begins.').waitFor();
  t.equal(await page.getByRole('region', { name: 'Messages' }).getByText('words').count(), 0);
  t.equal((await ben.get(`/conversations/${id}/messages`)).body.messages.length, 2);
  t.equal((await ana.get(`/conversations/${id}/messages`)).body.messages.length, 0);
  t.same(window.offences, []);
});
