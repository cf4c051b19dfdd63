import { test } from 'tap';
import { openBrowser, openWindow, signInTo, startSite } from '../support/browser.ts';
import { startServer } from '../support/process.ts';

test('a quote says what the quoted message says, however far back that is', async (t) => {
  const site = await startSite(t);
  const [ana, ben] = [await site.signUp('ana'), await site.signUp('ben')];
  const id = await ben.open('ana');
  await ben.postMessage(id, 'Shall we meet at six?');
  const filler = Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n');
  for (let count = 0; count < 40; count += 1) await ben.postMessage(id, filler);
  await ben.post(`/conversations/${id}/messages`, {
    headers: { 'idempotency-key': 'answer' },
    json: { body: 'Never mind', replyTo: `${id}-1` },
  });
  await ana.put(`/conversations/${id}/read`, { json: { sequence: 42 } });
  const window = await openWindow(await openBrowser(t), `${site.url}/c/${id}`);
  const { page } = window;
  await signInTo(window, 'ana');
  const timeline = page.getByRole('region', { name: 'Messages' });
  const quote = timeline.getByRole('button', { name: /^ben/ });
  const says = (words: string) => quote.getByText(words, { exact: true }).waitFor();
  await says('Shall we meet at six?');
  t.equal(await timeline.getByText('Shall we meet').count(), 1, 'the quoted message is not held');

  await ben.patch(`/messages/${id}-1`, { json: { body: 'Shall we meet at seven?' } });
  await says('Shall we meet at seven?');

  await site.stop('SIGKILL');
  await page.getByText('Connecting…').waitFor();
  const elsewhere = await startServer(t, site.env);
  await ben.at(elsewhere).patch(`/messages/${id}-1`, { json: { body: 'Shall we meet at eight?' } });
  await elsewhere.stop();
  const again = await startServer(t, { ...site.env, PORT: new URL(site.url).port });
  await says('Shall we meet at eight?');

  await ben.at(again).delete(`/messages/${id}-1`);
  await says('Message deleted');
  t.same(window.offences, []);
});
