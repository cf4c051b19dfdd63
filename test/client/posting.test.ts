import { test } from 'tap';
import { freePort } from '../../scripts/support/free-port.ts';
import { startApp } from '../support/app.ts';
import { emptyStore } from '../support/databases.ts';
import { startServer } from '../support/process.ts';
import { until } from '../support/until.ts';
import { bodiesOf, newClient, newsOf, run, sequencesOf } from './support/client.ts';

test('posts made while the server is away are stored once and in order when it is back', async (t) => {
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'fatal',
    ...(await emptyStore(t, 'sqlite')),
    PORT: String(await freePort()),
  };
  const first = await startServer(t, env);
  const ana = await newClient(t, first.url, 'ana');
  const ben = await newClient(t, first.url, 'ben');
  const news = newsOf(ben);
  const { id } = await ana.openDirect('ben');
  await Promise.all([ana.connect(), ben.connect()]);
  const posting = run(1, 30).map((n) => ana.post(id, `message ${n}`));
  t.equal(ana.pending(id).length, 30);
  await posting[4];
  await first.stop('SIGKILL');
  const later = run(31, 35).map((n) => ana.post(id, `message ${n}`));
  await until(() => ana.state === 'offline');
  await startServer(t, env);
  const posted = await Promise.all([...posting, ...later]);
  t.same(sequencesOf(posted), run(1, 35));
  t.same(
    bodiesOf(posted),
    run(1, 35).map((n) => `message ${n}`),
  );
  t.same(ana.pending(id), []);
  await until(() => news.length === 35);
  t.same(news, posted);
  t.same(ana.messages(id), posted);
});

test('a post whose answer is lost is repeated with its key and stored once', async (t) => {
  const app = await startApp(t);
  let lost = 0;
  const losesAnswers: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (init?.method !== 'POST' || !String(input).endsWith('/messages') || lost >= 2) return answer;
    lost += 1;
    throw new TypeError('connection reset');
  };
  const ana = await newClient(t, app.url, 'ana', { fetch: losesAnswers });
  const { id } = await ana.openDirect('ana');
  await Promise.all([ana.post(id, 'one'), ana.post(id, 'two')]);
  t.equal(lost, 2);
  t.same(bodiesOf((await ana.api.listMessages(id)).messages), ['one', 'two']);
});

test('the wait that the server asks for is kept', async (t) => {
  const app = await startApp(t);
  const attempts: number[] = [];
  const isTooFast: typeof fetch = async (input, init) => {
    if (!String(input).endsWith('/messages')) return fetch(input, init);
    attempts.push(Date.now());
    const headers = { 'retry-after': '1' };
    return attempts.length === 1
      ? new Response('{}', { status: 429, headers })
      : fetch(input, init);
  };
  const ana = await newClient(t, app.url, 'ana', { fetch: isTooFast });
  const { id } = await ana.openDirect('ana');
  await ana.post(id, 'patience');
  const [first = 0, second = 0] = attempts;
  t.ok(second - first >= 990);
});
