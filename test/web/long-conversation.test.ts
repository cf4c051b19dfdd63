import type { Browser, Page } from 'playwright-core';
import { test } from 'tap';
import { readConfig } from '../../src/core/config.ts';
import { openDatabase } from '../../src/core/database.ts';
import {
  messageIn,
  openBrowser,
  openWindow,
  signInTo,
  startSite,
  write,
} from '../support/browser.ts';
import { fillConversation } from '../support/bulk.ts';
import { until } from '../support/until.ts';

const COUNT = 10_000;
/** Milliseconds of the processor, for which the page answers nothing else. */
const LONGEST_TASK = 100;
/** Messages in the page at a time. */
const MOST_SHOWN = 260;

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the processor: other tests run beside this one. */
  tdur?: number;
  args: { name?: string };
}

/** The longest task of the page's main thread during `work`, in milliseconds of the processor. */
async function longestTask(browser: Browser, page: Page, work: () => Promise<unknown>) {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  const trace = await browser.stopTracing();
  const events = JSON.parse(trace.toString()).traceEvents as TraceEvent[];
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const pages = new Set(
    events.filter(({ args }) => args.name === 'CrRendererMain').map((event) => threadOf(event)),
  );
  const tasks = events.filter(
    (event) => event.name.endsWith('RunTask') && pages.has(threadOf(event)),
  );
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000;
}

/** Scrolls by this many pixels a frame until the text is in the page. */
const scrollUntil = (page: Page, step: number, words: string) =>
  page.evaluate(`new Promise((resolve) => {
    const timeline = document.querySelector('[data-scrolls]');
    const go = () => {
      timeline.scrollTop += ${step};
      if (timeline.textContent.includes('${words}')) resolve();
      else requestAnimationFrame(go);
    };
    go();
  })`);

test('a conversation of 10,000 messages scrolls as a short one does', async (t) => {
  const site = await startSite(t, { MESSAGES_TO_LOAD: '100' });
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  const db = await openDatabase(readConfig(site.env));
  await fillConversation(db, id, ['ana', 'ben'], COUNT);
  await db.destroy();
  await ana.put(`/conversations/${id}/read`, { json: { sequence: COUNT } });
  const browser = await openBrowser(t);
  const window = await openWindow(browser, `${site.url}/c/${id}`);
  const { page } = window;
  await signInTo(window, 'ana');
  const said = page.locator('[data-sequence]');
  await said.first().waitFor();
  const isSmooth = async (what: string, work: () => Promise<unknown>) => {
    const longest = await longestTask(browser, page, work);
    t.ok(longest > 0 && longest < LONGEST_TASK, `${what}: a task of ${longest} ms`);
    const shown = await said.count();
    t.ok(shown < MOST_SHOWN, `${what}: ${shown} messages in the page`);
  };

  await isSmooth('while all are loaded', async () => {
    await scrollUntil(page, -4_000, 'This is where it begins.');
    await messageIn(page, 'message 1').first().waitFor();
  });
  await ben.post(`/conversations/${id}/messages`, {
    json: { body: 'Do you remember?', replyTo: `${id}-5` },
  });
  await isSmooth('while one jumps', async () => {
    await page.getByRole('button', { name: '1 new message' }).click();
    await messageIn(page, 'Do you remember?').waitFor();
    await page.getByRole('button', { name: /message 5 / }).click();
    const focused = () => page.evaluate('document.activeElement.dataset.sequence');
    await until(async () => (await focused()) === '5');
  });
  await isSmooth('while one goes through them', () => scrollUntil(page, 4_000, 'Do you remember?'));
  await write(page, 'I do');
  await messageIn(page, 'I do').getByText('Sent', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await isSmooth('while it is opened again', async () => {
    await page.goBack();
    await messageIn(page, 'I do').waitFor();
  });
  t.same(window.offences, []);
});
