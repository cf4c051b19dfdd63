import type { Page } from 'playwright-core';
import { test } from 'tap';
import { readConfig } from '../../src/core/config.ts';
import { openDatabase } from '../../src/core/database.ts';
import {
  messageIn,
  openBrowser,
  openWindow,
  signInTo,
  startSite,
  type Window,
} from '../support/browser.ts';
import { fillConversation } from '../support/bulk.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';

/** Ana looks at her conversation with Ben, and has looked at another with Eve. */
async function startTalk(t: Scope) {
  const site = await startSite(t);
  const [, ben, eve] = [
    await site.signUp('ana'),
    await site.signUp('ben'),
    await site.signUp('eve'),
  ];
  const [open, other] = [await ben.open('ana'), await eve.open('ana')];
  const room = await ben.createRoom('Bell ringers');
  await ben.put(`/conversations/${room}/members/ana`);
  await ben.postMessage(open, 'Here is Ben');
  await eve.postMessage(other, 'Here is Eve');
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${other}`);
  const { page } = window;
  await signInTo(window, 'ana');
  await messageIn(page, 'Here is Eve').waitFor();
  await page.getByRole('link', { name: /^ben/ }).click();
  await messageIn(page, 'Here is Ben').waitFor();
  await page.getByRole('link', { name: /unread/ }).waitFor({ state: 'detached' });
  return { site, ben, eve, open, other, room, window, page };
}

/** Those that fetch messages, since then. */
const fetchesOf = ({ requests }: Window, since: number): string[] =>
  requests.slice(since).filter((request) => /\/messages\b/.test(request));

const entry = (page: Page, words: RegExp) => page.getByRole('link', { name: words });

test('of what is not open the badge rises and the last line follows, and the rest is fetched when it is opened', async (t) => {
  const { ben, eve, other, room, window, page } = await startTalk(t);
  const [since, started] = [window.requests.length, performance.now()];
  for (let number = 1; number <= 12; number += 1) {
    await eve.postMessage(other, `of Eve ${number} of 12`);
    await ben.postMessage(room, `in the room ${number}`);
    await entry(page, new RegExp(`eve.* ${number} unread`)).waitFor();
    await entry(page, new RegExp(`Bell.* ${number} unread`)).waitFor();
  }
  await entry(page, /of Eve 12 .*12 unread/).waitFor();
  await entry(page, /in the room 12 .*12 unread/).waitFor();
  const seconds = (performance.now() - started) / 1_000;
  const fetches = fetchesOf(window, since);
  t.ok(fetches.length <= 1 + seconds / 2.5, `${fetches.length} calls in ${seconds} s`);
  for (const fetch of fetches)
    t.match(decodeURIComponent(fetch), /^GET \/api\/v1\/messages\?ids=\d+-\d+(,\d+-\d+)?$/);
  t.match(await page.title(), /^\(24\) ben/);

  const opened = window.requests.length;
  await entry(page, /^eve/).click();
  // With all of it, because the time of day follows: 20 makes of 1 another 12.
  await messageIn(page, 'of Eve 12 of 12').waitFor();
  const timeline = page.getByRole('region', { name: 'Messages' });
  const rows = (await timeline.getByRole('listitem').allInnerTexts()).join(' ');
  t.match(rows, new RegExp(['Here is Eve', 'New messages', 'of Eve 1\\b'].join('[^]*')));
  const numbers = [...rows.matchAll(/of Eve (\d+)/g)].map(([, number]) => Number(number));
  t.same(
    numbers,
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
  const [gap, ...others] = fetchesOf(window, opened);
  t.match(gap, new RegExp(`^GET /api/v1/conversations/${other}/messages.after=\\d+&limit=100$`));
  t.same(others, []);
  await until(async () => /^\(12\) eve/.test(await page.title()));
  t.same(window.offences, []);
});

/** As if one had gone to another tab, and come back. */
const turn = (page: Page, visibility: 'hidden' | 'visible') =>
  page.evaluate(`(() => {
    Object.defineProperty(document, 'visibilityState', { value: '${visibility}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  })()`);

test('while the page is hidden no last line is fetched, and as soon as it is seen they are', async (t) => {
  const { ben, eve, open, other, window, page } = await startTalk(t);
  await turn(page, 'hidden');
  const since = window.requests.length;
  for (let number = 1; number <= 3; number += 1) await eve.postMessage(other, `of Eve ${number}`);
  await entry(page, /eve.*Here is Eve.*3 unread/).waitFor();
  await ben.postMessage(open, 'To the open one');
  await messageIn(page, 'To the open one').waitFor();
  t.same(fetchesOf(window, since), [`GET /api/v1/messages?ids=${open}-2`]);
  await turn(page, 'visible');
  await entry(page, /of Eve 3 .*3 unread/).waitFor();
  t.same(fetchesOf(window, since).slice(1), [`GET /api/v1/messages?ids=${other}-4`]);
  t.same(window.offences, []);
});

test('a link leads to its message, though so much is missing that the conversation begins anew', async (t) => {
  const { site, window, page } = await startTalk(t);
  const kim = await site.signUp('kim');
  const id = await kim.open('ana');
  const db = await openDatabase(readConfig(site.env));
  await fillConversation(db, id, ['kim'], 600);
  await db.destroy();
  await kim.postMessage(id, 'the last word');
  await entry(page, /kim.*the last word/).waitFor();
  await page.evaluate(`(() => {
    history.pushState(null, '', '/c/${id}/50');
    dispatchEvent(new PopStateEvent('popstate'));
  })()`);
  await messageIn(page, 'message 50').first().waitFor();
  t.match(page.url(), new RegExp(`/c/${id}/50$`));
  await page.getByRole('button', { name: 'Jump to the newest message' }).click();
  await messageIn(page, 'the last word').waitFor();
  t.same(window.offences, []);
});
