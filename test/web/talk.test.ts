import { test } from 'tap';
import {
  messageIn,
  openBrowser,
  openWindow,
  registerIn,
  startSite,
  write,
} from '../support/browser.ts';
import { until } from '../support/until.ts';

test('two people talk in two browsers', async (t) => {
  const { url } = await startSite(t);
  const browser = await openBrowser(t);
  const [first, second] = await Promise.all([openWindow(browser, url), openWindow(browser, url)]);
  await Promise.all([registerIn(first, 'ana'), registerIn(second, 'ben')]);
  const [ana, ben] = [first.page, second.page];

  await t.test('one finds the other, writes, and sees it read and answered', async () => {
    await ana.getByRole('link', { name: 'Find people' }).first().click();
    await ana.getByLabel('Search by name').fill('be');
    await ana.getByRole('button', { name: 'Write to Ben' }).click();
    await write(ana, 'Hello Ben');
    await until(async () => (await ben.title()) === '(1) Doorbell');
    await ben.getByRole('link', { name: /Ana.*1 unread message/ }).click();
    await until(async () => (await ben.title()) === 'Ana · Doorbell');
    await messageIn(ana, 'Hello Ben').getByText('Read').waitFor();
    await ben.getByLabel('Write a message').pressSequentially('Hello Ana');
    await ana.getByText('Ben is typing…').waitFor();
    await ben.keyboard.press('Enter');
    await messageIn(ana, 'Hello Ana').waitFor();
    await ana.getByText('Ben is typing…').waitFor({ state: 'detached' });
  });

  await t.test('a message is edited by the arrow key, and keeps its line breaks', async (t) => {
    const input = ana.getByLabel('Write a message');
    await input.press('ArrowUp');
    await input.fill('Hello Ben,');
    await ana.keyboard.press('Shift+Enter');
    await ana.keyboard.type('how are you?');
    await ana.keyboard.press('Enter');
    const edited = messageIn(ben, 'how are you?');
    await edited.getByText('edited').waitFor();
    t.match(await edited.innerText(), /Hello Ben,\nhow are you\?/);
  });

  await t.test('reactions, replies and deletions reach the other', async () => {
    await messageIn(ben, 'how are you?').hover();
    await messageIn(ben, 'how are you?').getByRole('button', { name: 'React with 👍' }).click();
    await messageIn(ana, 'how are you?').getByRole('button', { name: '1 reaction 👍' }).waitFor();
    await messageIn(ben, 'how are you?').getByRole('button', { name: 'Reply' }).click();
    await write(ben, 'Very well');
    await messageIn(ana, 'Very well')
      .getByRole('button', { name: /Ana.*Hello Ben/ })
      .waitFor();
    await messageIn(ben, 'Very well').hover();
    await messageIn(ben, 'Very well').getByRole('button', { name: 'Delete' }).click();
    await ben.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await messageIn(ana, 'Message deleted').waitFor();
  });

  await t.test('what is written and not sent is there again', async (t) => {
    await ana.getByLabel('Write a message').fill('half a sen');
    await ana.getByRole('link', { name: 'Settings' }).click();
    await ana.getByRole('link', { name: /Ben.*Draft: half a sen/ }).click();
    t.equal(await ana.getByLabel('Write a message').inputValue(), 'half a sen');
  });

  await t.test('a room is made, found, joined and left', async () => {
    await ana.getByRole('link', { name: 'Find rooms' }).click();
    await ana.getByRole('link', { name: 'New room' }).click();
    await ana.getByLabel('Title').fill('Bell ringers');
    await ana.getByRole('button', { name: 'Create room' }).click();
    await write(ana, 'Welcome');
    await ben.getByRole('link', { name: 'Find rooms' }).click();
    await ben.getByRole('button', { name: 'Join: Bell ringers' }).click();
    await messageIn(ben, 'Welcome').waitFor();
    await ana.getByText('2 members').waitFor();
    await ben.getByRole('link', { name: 'Options' }).click();
    await ben.getByRole('button', { name: 'Leave room' }).click();
    await ben.getByRole('dialog').getByRole('button', { name: 'Leave room' }).click();
    await ana.getByText('1 member').waitFor();
    await until(async () => (await ben.getByRole('link', { name: /Bell ringers/ }).count()) === 0);
  });

  await t.test('a private room has whom its owner adds, with the role that they give', async () => {
    await ana.getByRole('link', { name: 'Find rooms' }).click();
    await ana.getByRole('link', { name: 'New room' }).click();
    await ana.getByLabel('Title').fill('Tower captains');
    await ana.getByLabel('Only whom members add').check();
    await ana.getByRole('button', { name: 'Create room' }).click();
    await ana.getByRole('button', { name: 'Add Ben' }).click();
    await ana.getByText('Added', { exact: true }).waitFor();
    await ben.getByRole('link', { name: /Tower captains/ }).click();
    await ana.getByRole('link', { name: 'Back to the list' }).click();
    await ana.getByLabel('Role of Ben').selectOption('Moderator');
    await ben.getByRole('link', { name: 'Members' }).click();
    await ben.getByRole('link', { name: 'Add people' }).waitFor();
    await ana.getByRole('button', { name: 'Remove Ben' }).click();
    await ana.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await until(async () => (await ben.getByRole('link', { name: /Tower/ }).count()) === 0);
  });

  t.same([...first.offences, ...second.offences], []);
});
