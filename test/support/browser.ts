import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildPage, isFresh } from '../../scripts/support/build-page.ts';
import { launchChromium } from '../../scripts/support/chromium.ts';
import { emptyStore, type Scope } from './databases.ts';
import { PASSWORD } from './http.ts';
import { startServer } from './process.ts';

/** Milliseconds for whatever a test waits for. */
const PATIENCE = 15_000;

/** A server with the page that the sources make, over a store of its own. */
export async function startSite(t: Scope, env: Record<string, string> = {}) {
  if (!isFresh()) await buildPage();
  return startServer(t, { LOG_LEVEL: 'fatal', ...(await emptyStore(t, 'sqlite')), ...env });
}

export async function openBrowser(t: Scope): Promise<Browser> {
  const browser = await launchChromium();
  t.teardown(() => browser.close());
  return browser;
}

export interface Window {
  page: Page;
  /** `GET /api/v1/messages/42-17`, in order. */
  requests: string[];
  /** What its socket received. */
  frames: string[];
  /** What the page must never do: reports of its policy, errors that nobody caught, requests to others. */
  offences: string[];
}

/** A window of a browser profile of its own, as if on another computer. */
export async function openWindow(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  clock: 'real' | 'clocked' = 'real',
): Promise<Window> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  if (clock === 'clocked') await page.clock.install();
  const requests: string[] = [];
  const offences: string[] = [];
  const frames: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
  );
  page.on('request', (request) => {
    const { origin, pathname, search } = new URL(request.url());
    requests.push(`${request.method()} ${pathname}${search}`);
    if (origin !== new URL(url).origin) offences.push(`request to ${origin}`);
  });
  page.on('pageerror', (error) => offences.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) offences.push(message.text());
  });
  await page.goto(url);
  return { page, requests, frames, offences };
}

export async function registerIn({ page }: Window, username: string): Promise<void> {
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Username').fill(username);
  await page.getByLabel(/^Name/).fill(nameOf(username));
  await page.getByLabel('E-mail').fill(`${username}@example.org`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
}

export async function signInTo({ page }: Window, username: string): Promise<void> {
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
}

/** ana is called Ana. */
const nameOf = (username: string): string => username.slice(0, 1).toUpperCase() + username.slice(1);

export async function write(page: Page, body: string): Promise<void> {
  await page.getByLabel('Write a message').fill(body);
  await page.keyboard.press('Enter');
}

/** Presses a key until what has the focus is called so; a way that leads nowhere throws. */
export async function pressUntil(page: Page, key: string, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press(key);
    if (name.test(await focusedName(page))) return;
  }
  throw new Error(`${key} never came to ${name}`);
}

/** How that is called which has the focus. */
export const focusedName = (page: Page): Promise<string> =>
  page
    .locator(':focus')
    .evaluate(({ ariaLabel, textContent }) => `${ariaLabel ?? ''}${textContent}`);

export const messageIn = (page: Page, body: string) =>
  page.getByRole('region', { name: 'Messages' }).getByRole('listitem').filter({ hasText: body });

/** What axe finds wrong with the page as it is now, a line each. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
