import type { Page } from 'playwright-core';
import { test } from 'tap';
import { foundPieces } from '../../src/web/search/found-pieces.ts';
import { messageIn, openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import { until } from '../support/until.ts';

const COUNT = 330;
const NEEDLE = 20;

const timelineIn = (page: Page) => page.getByRole('region', { name: 'Messages' });

/** The sequences of the messages on the page, in its order. */
const sequencesIn = (page: Page): Promise<number[]> =>
  timelineIn(page)
    .locator('[data-sequence]')
    .evaluateAll((all) => all.map((element) => Number(element.dataset['sequence'])));

const run = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const isFocused = async (page: Page, sequence: number): Promise<boolean> =>
  (await page.locator(`:focus[data-sequence="${sequence}"]`).count()) === 1;

test('what was said long ago is found, and read where it was said', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  for (const number of run(1, COUNT)) {
    const body = number === NEEDLE ? 'the <b>needle</b> of the tower' : `message ${number}`;
    await ben.postMessage(id, body);
  }
  const room = await ana.createRoom('Bell ringers');
  await ana.postMessage(room, 'Needless to say');
  const window = await openWindow(await openBrowser(t), site.url);
  const { page } = window;
  await signInTo(window, 'ana');
  const field = page.getByRole('searchbox', { name: 'Search messages' });
  const results = page.locator('.items').getByRole('link');

  await t.test('its words find it, in all conversations or in one', async (t) => {
    await page.getByRole('link', { name: 'Search messages' }).click();
    await field.fill('needle');
    await results.filter({ hasText: /Bell ringers.*Needless to say/ }).waitFor();
    t.match(page.url(), /\/search\?q=needle$/);
    const found = page.getByRole('link', { name: /ben.*the <b>needle<\/b> of the tower/ });
    t.equal(await found.locator('mark').innerText(), 'needle');
    await page.goto(`${site.url}/c/${id}/search`);
    await field.fill('NEEDLE');
    await found.waitFor();
    t.equal(await page.getByRole('link', { name: /Needless/ }).count(), 1, 'in the list alone');
    await field.fill('needles');
    await page.getByText('Nothing found').waitFor();
    await field.fill('message');
    await until(async () => {
      await results.last().scrollIntoViewIfNeeded();
      return (await results.count()) === COUNT - 1;
    });
    await page.goto(`${site.url}/search?q=needle`);
    await found.click();
  });

  await t.test(
    'it is shown among what was said around it, and nothing counts as read',
    async (t) => {
      await until(() => isFocused(page, NEEDLE));
      const place = await messageIn(page, 'needle').boundingBox();
      t.ok(place && place.y > 0 && place.y < 720, 'on screen');
      t.equal(new URL(page.url()).pathname, `/c/${id}/${NEEDLE}`);
      t.notOk((await sequencesIn(page)).includes(COUNT), 'the premise');
      await timelineIn(page).getByText('message 18', { exact: true }).scrollIntoViewIfNeeded();
      await timelineIn(page).getByText('message 1', { exact: true }).scrollIntoViewIfNeeded();
      await page.getByText('This is where it begins.').waitFor();
      t.equal((await ana.get(`/conversations/${id}`)).body.unread, COUNT);
    },
  );

  await t.test('what arrives meanwhile is counted, and waits at the end', async (t) => {
    await ben.postMessage(id, 'one more');
    await page.getByRole('button', { name: '1 new message' }).waitFor();
    t.notOk((await sequencesIn(page)).includes(COUNT + 1));
    await page.getByRole('button', { name: '1 new message' }).click();
    await timelineIn(page).getByText('one more').waitFor();
    await page
      .getByRole('button', { name: 'Jump to the newest message' })
      .waitFor({ state: 'hidden' });
    t.equal(new URL(page.url()).pathname, `/c/${id}`);
    await page.getByRole('link', { name: 'Search in this conversation' }).click();
    await page.getByRole('heading', { name: 'Search in ben' }).waitFor();
    await page.goBack();
    await timelineIn(page).getByText('one more').waitFor();
    await page.goBack();
    t.match(page.url(), /\/search\?q=needle$/);
    t.equal(await field.inputValue(), 'needle');
  });

  await t.test('one reads on from there to the newest, without a gap', async (t) => {
    await page.getByRole('link', { name: /ben.*needle/ }).click();
    await until(() => isFocused(page, NEEDLE));
    // Of so many not all are in the page at once.
    const seen = new Set<number>();
    await until(async () => {
      await timelineIn(page).getByRole('listitem').last().scrollIntoViewIfNeeded();
      for (const sequence of await sequencesIn(page)) seen.add(sequence);
      return seen.has(COUNT + 1);
    });
    t.same([...seen], run(1, COUNT + 1));
    await timelineIn(page).getByRole('listitem').last().scrollIntoViewIfNeeded();
    await page
      .getByRole('button', { name: 'Jump to the newest message' })
      .waitFor({ state: 'hidden' });
    await ben.postMessage(id, 'and the last');
    await timelineIn(page).getByText('and the last').waitFor();
    await until(async () => (await ana.get(`/conversations/${id}`)).body.unread === 0);
  });
  t.same(window.offences, []);
});

test('of a long message that is shown which stands around what was found', async (t) => {
  const shown = (body: string, ...highlights: { start: number; end: number }[]) =>
    foundPieces({ body, highlights })
      .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
      .join('');
  t.equal(
    shown('a bell, a bell', { start: 2, end: 6 }, { start: 10, end: 14 }),
    'a [bell], a [bell]',
  );
  const long = `${'before '.repeat(100)}bell ${'after '.repeat(100)}`;
  t.match(shown(long, { start: 700, end: 704 }), /^…(before )+\[bell\] (after )+.{0,5}…$/);
  t.match(shown('x'.repeat(500), { start: 400, end: 410 }), /^…\[x{10}\]x{90}$/);
  t.equal(shown(`${'x'.repeat(399)}🔔🔔`), `${'x'.repeat(399)}…`, 'no half of a character');
});

test('a quote leads to what it answers, and changes there are seen', async (t) => {
  const site = await startSite(t);
  const [, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  for (const number of run(1, 150)) await ben.postMessage(id, `message ${number}`);
  await ben.post(`/conversations/${id}/messages`, {
    json: { body: 'as I said', replyTo: `${id}-5` },
  });
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  const { page } = window;
  await signInTo(window, 'ana');
  const quote = messageIn(page, 'as I said').getByRole('button', { name: /message 5/ });
  await page.route(/around=/, (route) => route.abort());
  await quote.click();
  await page.getByText('The server does not answer. Look at your connection').waitFor();
  await page.unroute(/around=/);
  await page.route(/messages\?after=/, (route) => route.abort());
  await quote.click();
  await until(() => isFocused(page, 5));
  await timelineIn(page).getByRole('listitem').last().scrollIntoViewIfNeeded();
  await page.getByText('Newer messages could not be loaded.').waitFor();
  await page.unroute(/messages\?after=/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await timelineIn(page).getByText('message 60', { exact: true }).waitFor();
  await ben.patch(`/messages/${id}-5`, { json: { body: 'message 5, edited' } });
  const original = timelineIn(page).locator('[data-sequence="5"]');
  await original.getByText('message 5, edited').waitFor();
  await original.hover();
  await original.getByRole('button', { name: 'React with 👍' }).click();
  await original.getByRole('button', { name: '1 reaction 👍' }).waitFor();
  await page.goBack();
  await messageIn(page, 'as I said').waitFor();
  await page.goto(`${site.url}/c/${id}/999`);
  await page.getByText('This message is not there.').waitFor();
  await messageIn(page, 'as I said').waitFor();
  t.same(window.offences, []);
});
