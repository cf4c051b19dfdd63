import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import {
  messageIn,
  openBrowser,
  openWindow,
  registerIn,
  signInTo,
  startSite,
  type Window,
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

/** What the page asks for, beside what it was told of and what its person did. */
function unasked({ requests }: Window, announced: ReadonlySet<string>, since: number): string[] {
  return requests.slice(since).filter((request) => {
    const [, ids = ''] = /^GET \/api\/v1\/messages\?ids=(.+)$/.exec(request) ?? [];
    if (
      ids !== '' &&
      decodeURIComponent(ids)
        .split(',')
        .every((id) => announced.has(id))
    )
      return false;
    const [, about = ''] =
      /^GET \/api\/v1\/conversations\/(\d+)(\/members.*)?$/.exec(request) ?? [];
    if (announced.has(about)) return false;
    return !/^(POST .*\/auth\/refresh\?session=cookie|GET .*\/users\/me|PUT .*\/read)$/.test(
      request,
    );
  });
}

test('while messages arrive nothing is asked for but what was announced', async (t) => {
  const site = await startSite(t, { HEARTBEAT_SECONDS: '1', ACCESS_TOKEN_SECONDS: '40' });
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const [shown, other] = [await ben.open('ana'), await ana.createRoom('Bell ringers')];
  await ana.put(`/conversations/${other}/members/ben`);
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${shown}`, {}, 'clocked');
  const { page, requests, frames } = window;
  await signInTo(window, 'ana');
  await page.getByText('This is where it begins.').waitFor();
  await sleep(1_000);

  const since = requests.length;
  // A minute of the page’s clock; between two heartbeats never more of it than it waits for one.
  const heartbeats = () => frames.filter((frame) => frame.includes('"heartbeat"')).length;
  for (let second = 0; second < 60; second += 3) {
    if (second % 6 === 0) await ben.postMessage(shown, `said in second ${second}`);
    else await ben.postMessage(other, `said elsewhere in second ${second}`);
    const heard = heartbeats();
    await until(() => heartbeats() > heard);
    await page.clock.runFor(3_000);
  }
  await messageIn(page, 'said in second 54').waitFor();
  await page.getByRole('link', { name: /Bell ringers.*10 unread messages/ }).waitFor();
  const announced = new Set(frames.map((frame) => JSON.parse(frame).id as string));
  t.ok(announced.size >= 20, 'the premise');
  t.ok(
    requests.slice(since).some((request) => request.includes('/auth/refresh')),
    'a token was renewed',
  );
  t.same(unasked(window, announced, since), []);
  t.same(window.offences, []);
});
