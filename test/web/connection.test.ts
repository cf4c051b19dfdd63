import type { Page, Request } from 'playwright-core';
import { test } from 'tap';
import {
  messageIn,
  openBrowser,
  openWindow,
  registerIn,
  signInTo,
  startSite,
  write,
} from '../support/browser.ts';
import { startServer } from '../support/process.ts';
import { until } from '../support/until.ts';

test('a page goes on after a reload, after the server was killed, and after a refusal', async (t) => {
  const site = await startSite(t);
  const window = await openWindow(await openBrowser(t), site.url);
  const { page, offences } = window;
  await registerIn(window, 'ana');
  const ben = await site.signUp('ben');
  const id = await ben.open('ana');
  await ben.postMessage(id, 'Are you there?');
  await page.getByRole('link', { name: /Ben|ben/ }).click();
  await page.reload();
  await messageIn(page, 'Are you there?').waitFor();

  await site.stop('SIGKILL');
  await page.getByText('Connecting…').waitFor();
  await write(page, 'Yes, but the server is not');
  await messageIn(page, 'server is not').getByText('Will be sent when connected').waitFor();
  const port = new URL(site.url).port;
  const again = await startServer(t, { ...site.env, PORT: port });
  await messageIn(page, 'server is not').getByText('Sent', { exact: true }).waitFor();
  await page.getByText('Connecting…').waitFor({ state: 'hidden' });
  const back = ben.at(again);
  const { body } = await back.get(`/conversations/${id}/messages`);
  t.equal(body.messages.length, 2, 'exactly once');

  await back.put('/users/ana/block');
  await write(page, 'You are not to hear this');
  const refused = messageIn(page, 'You are not to hear this');
  await refused.getByText('One of you has blocked the other.').waitFor();
  await back.delete('/users/ana/block');
  await refused.getByRole('button', { name: 'Try again' }).click();
  await refused.getByText('Sent', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
  t.same(offences, []);
});

/** Lets time pass by the page’s clock, in steps in which no call runs out of time that the server answers at once. */
function timekeeper(page: Page) {
  const underWay = new Set<Request>();
  page.on('request', (request) => underWay.add(request));
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));
  const allAnswered = () => until(() => underWay.size === 0);
  return async (seconds: number): Promise<void> => {
    await allAnswered();
    for (let passed = 0; passed < seconds; passed += 10) {
      await page.clock.runFor(10_000);
      await allAnswered();
    }
  };
}

/** The ids of `GET /api/v1/messages?ids=1-2,1-3`. */
const idsOf = (request: string): string[] => {
  const [, ids] = /^GET \/api\/v1\/messages\?ids=(.+)$/.exec(request) ?? [];
  return ids === undefined ? [] : decodeURIComponent(ids).split(',');
};

const OF_ITS_OWN = /^(POST \/api\/v1\/auth\/refresh\?session=cookie|GET \/api\/v1\/users\/me)$/;

test('in ten minutes of arriving messages nothing is asked for but what was announced', async (t) => {
  const site = await startSite(t, { HEARTBEAT_SECONDS: '60', ACCESS_TOKEN_SECONDS: '240' });
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const [shown, other] = [await ben.open('ana'), await ana.createRoom('Bell ringers')];
  await ana.put(`/conversations/${other}/members/ben`);
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${shown}`, {}, 'clocked');
  const { page, requests, frames } = window;
  const pass = timekeeper(page);
  await signInTo(window, 'ana');
  await page.getByText('This is where it begins.').waitFor();
  await page.getByRole('link', { name: /Bell ringers/ }).waitFor();
  await pass(30);

  const since = requests.length;
  const begun = Number(await page.evaluate('Date.now()'));
  const said: string[] = [];
  // By the page’s clock half a minute passes after each message, which is less than it waits for a sign of life.
  for (let count = 0; count < 20; count += 1) {
    const isShown = count % 2 === 0;
    const { body } = await ben.postMessage(isShown ? shown : other, `message ${count}`);
    said.push(body.id);
    await (isShown
      ? messageIn(page, body.body)
      : page.getByRole('link', { name: body.body })
    ).waitFor();
    await pass(30);
  }
  await page.getByRole('link', { name: /Bell ringers.*10 unread messages/ }).waitFor();
  t.ok(Number(await page.evaluate('Date.now()')) - begun >= 600_000, 'ten minutes');
  t.equal(frames.filter((frame) => frame.includes('"ready"')).length, 1, 'and one connection');

  const asked = requests.slice(since);
  t.same(asked.flatMap(idsOf).sort(), said.sort(), 'each message once');
  const announced = new Set(frames.map((frame) => JSON.parse(frame).id as string));
  const count = (request: RegExp) => asked.filter((one) => request.test(one)).length;
  const renewals = count(/^POST \/api\/v1\/auth\/refresh\?session=cookie$/);
  t.ok(renewals >= 2, `${renewals} renewals`);
  t.equal(count(/\/users\/me$/), renewals, 'with each of them who one is');
  t.ok(count(/\/read$/) <= 10, 'what was read of the conversation on screen');
  const unasked = asked.filter((request) => {
    const [, changed] = /^GET \/api\/v1\/conversations\/(\d+)(\/members.*)?$/.exec(request) ?? [];
    if (changed !== undefined) return !announced.has(changed);
    return (
      !OF_ITS_OWN.test(request) &&
      request !== `PUT /api/v1/conversations/${shown}/read` &&
      idsOf(request).length === 0
    );
  });
  t.same(unasked, []);
  t.same(window.offences, []);
});
