import { createServer, type IncomingMessage } from 'node:http';
import { test } from 'tap';
import { randomOf } from '../../../scripts/seed/random.ts';
import { type BadNetwork, badNetwork } from '../../../scripts/verify/network/bad-network.ts';
import { FRAME_FAULTS, type Rates, REQUEST_FAULTS } from '../../../scripts/verify/network/luck.ts';
import { bodiesOf, newClient, newDevice, newsOf, run } from '../../client/support/client.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import type { Scope } from '../../support/databases.ts';
import type { TestUser } from '../../support/http.ts';
import { recordBody, recordFrame } from '../../support/recorder.ts';
import { until } from '../../support/until.ts';

const CERTAIN = 1;

/** Ana, who posts over a good network to Ben, and the network of Ben's that is going to be bad. */
async function anaAndBen(t: Scope, env: Record<string, string> = {}) {
  const app = await startApp(t, { env });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const id = await ana.open('ben');
  return { app, ana, ben, id, network: badNetwork(randomOf('test', 1), {}, { onText }) };
}

const seen: { text: string; what: string }[] = [];
function onText(text: string, what: string): void {
  seen.push({ text, what });
  if (what === 'a frame') recordFrame(text);
}

/** A bare socket over the network, and what it hears after `ready`. */
async function listen(t: Scope, app: TestApp, user: TestUser, network: BadNetwork) {
  const heard: string[] = [];
  let code: number | undefined;
  let isReady = false;
  const address = `${app.url.replace('http', 'ws')}/api/v1/socket`;
  const socket = new network.WebSocket(address, ['doorbell.v1', `bearer.${user.accessToken}`]);
  socket.addEventListener('message', ({ data }) => {
    if (isReady) heard.push(JSON.parse(data).id);
    isReady = true;
  });
  socket.addEventListener('close', (event) => {
    code = event.code;
  });
  t.teardown(() => socket.close());
  await until(() => isReady);
  return { socket, heard, code: () => code };
}

/** A server that counts what reaches it, and answers with the number. */
async function countingServer(t: Scope) {
  const requests: string[] = [];
  const server = createServer(async (request: IncomingMessage, answer) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    answer.end(String(requests.push(`${request.method} ${body}`)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/`, requests };
}

test('a request that is lost never reaches the server', async (t) => {
  const { app, id, ana, network } = await anaAndBen(t);
  const ben = await newDevice(t, app.url, 'ben', network);
  network.break({ lostRequests: CERTAIN });
  await t.rejects(ben.api.postMessage(id, 'key', { body: 'unheard' }), {
    status: 0,
    code: 'unreachable',
  });
  t.equal(network.counts.lostRequests, 1);
  network.heal();
  t.same(await ana.readAll(id), []);
});

test('a request whose answer is lost has taken effect, and the answer is searched for leaks', async (t) => {
  const { app, id, ana, network } = await anaAndBen(t);
  const ben = await newDevice(t, app.url, 'ben', network);
  network.break({ lostAnswers: CERTAIN });
  await t.rejects(ben.api.postMessage(id, 'key', { body: 'never answered' }), {
    status: 0,
    code: 'unreachable',
  });
  t.equal(network.counts.lostAnswers, 1);
  t.match(await ana.readAll(id), [{ body: 'never answered' }]);
  t.match(seen.at(-1), { text: /never answered/, what: /^POST .*\/messages$/ });
});

test('a POST that is repeated reaches the server twice, with the same body and key', async (t) => {
  const { app, id, ana, network } = await anaAndBen(t);
  const server = await countingServer(t);
  const ben = await newDevice(t, app.url, 'ben', network);
  network.break({ repeatedRequests: CERTAIN });
  for (const n of run(1, 10)) await ben.api.postMessage(id, `key-${n}`, { body: `body ${n}` });
  t.equal(network.counts.repeatedRequests, 10);
  t.same(
    bodiesOf(await ana.readAll(id)),
    run(1, 10).map((n) => `body ${n}`),
  );
  await Promise.all(
    run(1, 20).map((n) => network.fetch(server.url, { method: 'POST', body: `${n}` })),
  );
  t.same(
    server.requests.sort(),
    run(1, 40)
      .map((n) => `POST ${Math.ceil(n / 2)}`)
      .sort(),
  );
});

test('of a repeated POST either answer may come back, and only a POST is repeated', async (t) => {
  const server = await countingServer(t);
  const network = badNetwork(randomOf('test', 1), { repeatedRequests: CERTAIN });
  const places = new Set<number>();
  for (let posts = 1; posts <= 20; posts += 1) {
    const response = await network.fetch(server.url, { method: 'POST', body: 'x' });
    places.add(Number(await response.text()) - 2 * posts);
  }
  t.same([...places].sort(), [-1, 0]);
  const before = server.requests.length;
  await network.fetch(server.url);
  await network.fetch(server.url, { method: 'PUT', body: 'x' });
  t.equal(server.requests.length, before + 2);
});

test('what is late comes late, unless its caller gives up', async (t) => {
  const server = await countingServer(t);
  const network = badNetwork(() => 0.9, { lateRequests: CERTAIN, longestDelay: 200 });
  const start = performance.now();
  await network.fetch(server.url);
  t.ok(performance.now() - start >= 179);
  network.break({ lateRequests: CERTAIN, longestDelay: 600_000 });
  await t.rejects(network.fetch(server.url, { signal: AbortSignal.timeout(20) }), {
    name: 'TimeoutError',
  });
  t.equal(server.requests.length, 1);
  network.break({ lateAnswers: CERTAIN, longestDelay: 600_000 });
  const waiting = new AbortController();
  const answered = network.fetch(server.url, { signal: waiting.signal });
  await until(() => network.counts.lateAnswers === 1);
  t.equal(server.requests.length, 2);
  waiting.abort(new Error('enough'));
  await t.rejects(answered, { message: 'enough' });
});

const frameTests: [title: string, rates: Rates, heard: number[]][] = [
  ['are lost', { lostFrames: CERTAIN }, []],
  ['come twice', { repeatedFrames: CERTAIN }, [1, 1, 2, 2, 3, 3, 4, 4]],
  ['come late', { lateFrames: CERTAIN }, [1, 2, 3, 4]],
];
for (const [title, rates, expected] of frameTests) {
  test(`frames ${title}, but not what is said before \`ready\``, async (t) => {
    const { app, ana, ben, id, network } = await anaAndBen(t);
    network.break(rates);
    const { heard, code } = await listen(t, app, ben, network);
    const frames = seen.length + 4;
    for (const n of run(1, 4)) await ana.postMessage(id, `message ${n}`);
    await until(() => seen.length === frames && heard.length === expected.length);
    const ids = expected.map((n) => `${id}-${n}`);
    t.same(heard.sort(), ids);
    const [fault] = FRAME_FAULTS.filter((name) => name in rates);
    t.equal(fault && network.counts[fault], 4);
    t.equal(code(), undefined);
    network.heal();
    await ana.postMessage(id, 'over a good network');
    await until(() => heard.length === expected.length + 1);
  });
}

test('a frame is overtaken by the next', async (t) => {
  const { app, ana, ben, id, network } = await anaAndBen(t);
  const { heard } = await listen(t, app, ben, network);
  network.break({ overtakenFrames: CERTAIN, longestDelay: 600_000 });
  for (const n of run(1, 4)) await ana.postMessage(id, `message ${n}`);
  await until(() => heard.length === 4);
  t.same(
    heard,
    [2, 1, 4, 3].map((n) => `${id}-${n}`),
  );
});

test('a frame that nothing overtakes comes late', async (t) => {
  const { app, ana, ben, id, network } = await anaAndBen(t);
  const { heard } = await listen(t, app, ben, network);
  network.break({ overtakenFrames: CERTAIN, longestDelay: 200 });
  await ana.postMessage(id, 'hello');
  await until(() => network.counts.overtakenFrames === 1);
  t.same(heard, []);
  await until(() => heard.length === 1);
});

test('a socket that is cut says 1006 and nothing after it', async (t) => {
  const { app, ana, ben, id, network } = await anaAndBen(t);
  const { heard, code } = await listen(t, app, ben, network);
  network.break({ cutSockets: CERTAIN });
  await ana.postMessage(id, 'unheard');
  await until(() => code() === 1006);
  await ana.postMessage(id, 'unheard too');
  t.same(heard, []);
  t.equal(network.counts.cutSockets, 1);
});

test('a deaf socket stays open and silent in both directions until its client gives up', async (t) => {
  const { app, ana, ben, id, network } = await anaAndBen(t);
  const { socket, heard, code } = await listen(t, app, ben, network);
  network.break({ deafSockets: CERTAIN });
  await ana.postMessage(id, 'unheard');
  await until(() => network.counts.deafSockets === 1);
  socket.send('{"command":"token.renew","ref":"1","token":"x"}');
  const frames = seen.length;
  await ana.postMessage(id, 'unheard too');
  await until(() => seen.length === frames + 1);
  t.same([heard, code(), socket.readyState], [[], undefined, WebSocket.OPEN]);
  t.match(seen.at(-1)?.text, 'message.created');
  t.equal(network.counts.deafSockets, 1);
  socket.close();
  await until(() => code() === 1006);
});

test('a client whose socket went deaf notices by itself', async (t) => {
  const { app, ana, id, network } = await anaAndBen(t, { HEARTBEAT_SECONDS: '1' });
  const ben = await newDevice(t, app.url, 'ben', network);
  await ben.connect();
  network.break({ deafSockets: CERTAIN });
  await ana.postMessage(id, 'does anybody hear me?');
  await until(() => network.counts.deafSockets === 1);
  network.heal();
  await until(() => ben.messages(id).length === 1);
});

test('the same seed brings the same faults, and another seed others', async (t) => {
  const server = await countingServer(t);
  const plan = async (seed: number): Promise<string> => {
    const network = badNetwork(randomOf('test', seed), { lostRequests: 0.3, lostAnswers: 0.3 });
    const outcomes = run(1, 40).map((n) =>
      network.fetch(server.url, { method: 'POST', body: `${n}` }).then(
        () => '.',
        ({ cause }) => cause.message.at(-2),
      ),
    );
    return (await Promise.all(outcomes)).join('');
  };
  const first = await plan(1);
  t.equal(await plan(1), first);
  t.not(await plan(2), first);
  t.match(first, /\./);
});

test('over a network on which everything goes wrong, clients end up with everything', async (t) => {
  const app = await startApp(t, { env: { HEARTBEAT_SECONDS: '1' } });
  const network = badNetwork(randomOf('storm', 1), {}, { onText });
  const options = { ...network, timeoutMilliseconds: 5_000 };
  const ana = await newClient(t, app.url, 'ana', options);
  const ben = await newClient(t, app.url, 'ben', options);
  const { id } = await ana.openDirect('ben');
  await Promise.all([ana.connect(), ben.connect()]);
  const news = [newsOf(ana), newsOf(ben)];
  const all = [...REQUEST_FAULTS, ...FRAME_FAULTS];
  const rare = { cutSockets: 0.05, deafSockets: 0.03 };
  network.break({ ...Object.fromEntries(all.map((fault) => [fault, 0.1])), ...rare });
  let posted = 0;
  for (; posted < 40 || all.some((fault) => network.counts[fault] === 0); posted += 1) {
    const body = `message ${posted} over a bad network`;
    recordBody(body);
    await Promise.all([ana, ben].map((client) => client.post(id, body)));
  }
  network.heal();
  await until(() => news.every(({ length }) => length === 2 * posted), 20_000);
  const fresh = [];
  for (let hasAfter = true; hasAfter; ) {
    const page = await ana.api.listMessages(id, { after: fresh.length, limit: 100 });
    fresh.push(...page.messages);
    hasAfter = page.hasAfter;
  }
  t.equal(fresh.length, 2 * posted);
  for (const client of [ana, ben]) t.same(client.messages(id), fresh);
  t.comment(`${posted} posts each; ${JSON.stringify(network.counts)}`);
});

test('what the server refuses is refused over a bad network too', async (t) => {
  const { app, network } = await anaAndBen(t);
  const ben = await newDevice(t, app.url, 'ben', network);
  network.break({ repeatedRequests: CERTAIN, lateAnswers: CERTAIN, longestDelay: 5 });
  await t.rejects(ben.api.postMessage('99', 'key', { body: 'x' }), {
    status: 404,
    code: 'not_found',
  });
  t.ok(network.counts.repeatedRequests > 0);
});
