import type { Page } from 'playwright-core';
import { test } from 'tap';
import { de } from '../../src/web/text/de.ts';
import { en } from '../../src/web/text/en.ts';
import { enLater } from '../../src/web/text/en-later.ts';
import { isolate } from '../../src/web/text/isolate.ts';
import { messageIn, openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import { until } from '../support/until.ts';

const HEBREW = 'דנה (שרה)';

/** Which of its arguments a text takes from people, in whatever script; of all others, none. */
const FROM_PEOPLE: Record<string, number[]> = {
  says: [0, 1],
  typingOne: [0],
  replyingTo: [0],
  writeTo: [0],
  addToRoom: [0],
  roleOf: [0],
  removePerson: [0],
  leaveRoom: [0],
  signOutDevice: [0],
  deviceSignedOut: [0],
  block: [0],
  unblock: [0],
  youBlocked: [0],
  actOn: [1],
  searchIn: [0],
  unarchiveNamed: [0],
  settingsOf: [0],
  clearHistoryOf: [0],
  deleteRoomNamed: [0],
};

/** Counts, times, emoji, and names that are of ASCII: usernames, addresses, ids. */
const OF_ITS_OWN = [
  ...['unread', 'minutes', 'arrived', 'readBy', 'charactersLeft', 'react', 'reactions', 'members'],
  ...['newEmailMailed', 'emailNow', 'browserOn', 'lastUsed', 'typeUsername', 'lastSeen'],
  ...['countedAt', 'done', 'messageRemoved', 'sentBy', 'sessions'],
];

test('a name of any direction stands isolated in every sentence that it is in', async (t) => {
  for (const words of [{ ...en, ...enLater }, de]) {
    const sentences = Object.entries(words).filter(([, word]) => typeof word === 'function');
    t.same(
      sentences.map(([name]) => name).sort(),
      [...Object.keys(FROM_PEOPLE), ...OF_ITS_OWN].sort(),
      'all are thought of',
    );
    for (const [name, places] of Object.entries(FROM_PEOPLE)) {
      const given = places.includes(1) ? [HEBREW, HEBREW] : [HEBREW];
      const say = Object(words)[name] as (...given: string[]) => string;
      const sentence = say(...given);
      t.equal(sentence.split(`\u2068${HEBREW}\u2069`).length - 1, places.length, sentence);
    }
  }
});

test('no name reaches past the end of its isolate, and plain ones have none', async (t) => {
  t.equal(isolate('Ana O’Neill 3.0 🔔'), 'Ana O’Neill 3.0 🔔');
  t.equal(isolate('Иван 王'), 'Иван 王');
  t.equal(isolate(`${HEBREW}\u2069\u2067!`), `\u2068${HEBREW}!\u2069`);
  t.equal(isolate('Ana\u202e'), '\u2068Ana\u202e\u2069', 'an override ends with the isolate');
  for (const name of ['عمر', '𞤀𞤣𞤤𞤢𞤥', 'ﷺ', 'a\u200f'])
    t.equal(isolate(name), `\u2068${name}\u2069`);
});

/** Whether the parts of the text that match stand from left to right, the name as one of them. */
const stand = (page: Page, selector: string, ...parts: string[]) =>
  page.evaluate(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const [text] = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const boxes = ${JSON.stringify(parts)}.map((part) => {
      const range = document.createRange();
      const start = text.data.indexOf(part);
      if (start < 0) return undefined;
      range.setStart(text, start);
      range.setEnd(text, start + part.length);
      return range.getBoundingClientRect();
    });
    return boxes.every((box, place) => box && box.width > 0 &&
      (place === 0 || boxes[place - 1].right <= box.left + 1));
  })()`);

test('sentences keep their order round a right-to-left name', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  await ben.patch('/users/me', { json: { displayName: `${HEBREW}!` } });
  const id = await ben.open('ana');
  await ben.postMessage(id, 'shalom');
  const room = await ana.createRoom('מגדל!');
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  const { page } = window;
  await signInTo(window, 'ana');
  await messageIn(page, 'shalom').waitFor();
  t.equal(await page.title(), `\u2068${HEBREW}!\u2069 · Doorbell`);

  const socket = await ben.socket();
  await socket.command('typing', 't', { conversationId: id });
  await page.getByText('is typing…').waitFor();
  t.ok(await stand(page, '.typing', HEBREW, ' is typing', '…'));
  t.notOk(await stand(page, '.typing', ' is typing', HEBREW), 'the premise');

  await messageIn(page, 'shalom').hover();
  await messageIn(page, 'shalom').getByRole('button', { name: 'Reply' }).click();
  t.ok(await stand(page, '.writing-about .quote-by', 'Replying to', HEBREW));

  await page.getByRole('button', { name: /^Block/ }).click();
  t.ok(await stand(page, '#confirm-title', 'Block', HEBREW, '?'));
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await page.getByText('You have blocked').waitFor();
  t.ok(await stand(page, '.blocked-note p', 'You have blocked', HEBREW, '.'));

  await page.goto(`${site.url}/c/${room}/settings`);
  await page.getByRole('heading', { name: /^Options of/ }).waitFor();
  t.ok(await stand(page, '.shell-main h1', 'Options of', 'מגדל!'));
  await page.getByRole('button', { name: 'Leave room' }).click();
  await until(() => stand(page, '#confirm-title', 'Leave “', 'מגדל!', '”?') as Promise<boolean>);
  t.same(window.offences, []);
});
