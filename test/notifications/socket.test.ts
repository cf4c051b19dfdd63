import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { WebSocket } from 'ws';
import { startApp } from '../support/app.ts';
import { openSocket } from '../support/socket.ts';

const refused = async (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => 'opened',
    (error: Error) => error.message,
  );

test('a message rings at every socket of every member, by its id and nothing else', async (t) => {
  const app = await startApp(t);
  const [ana, ben, eve] = await Promise.all(['ana', 'ben', 'eve'].map((name) => app.signUp(name)));
  if (!ana || !ben || !eve) return;
  const sockets = await Promise.all([ana.socket(), ana.socket(), ben.socket(), eve.socket()]);
  const id = await ana.open('ben');
  const { body: message } = await ana.postMessage(id, 'ring the bell, please');
  const concerned = sockets.slice(0, 3);
  for (const socket of concerned) {
    t.same(await socket.waitForEvent('conversation.created'), {
      event: 'conversation.created',
      id,
    });
    const frame = await socket.waitForEvent('message.created');
    t.same(frame, { event: 'message.created', id: message.id });
  }
  t.equal(sockets[3]?.frames.length, 1, 'a stranger hears nothing but ready');
  await ana.postMessage(id, 'ring the bell, please', 'again');
  await ana.postMessage(id, 'ring the bell, please', 'again');
  await sleep(50);
  const rung = concerned[2]?.frames.filter((frame) => frame['id'] === `${id}-2`);
  t.equal(rung?.length, 2, 'a repeat announces again');
  t.equal(sockets[3]?.frames.length, 1);
});

test('the answer to a post comes after the announcement', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const socket = await ana.socket();
  const id = await ana.open('ana');
  const { body } = await ana.postMessage(id, 'a note to myself');
  t.ok(
    socket.frames.some((frame) => frame['id'] === body.id) ||
      (await socket.waitForEvent('message.created', body.id, 20)),
  );
});

test('whoever may not open a socket is refused before the upgrade', async (t) => {
  const app = await startApp(t, {
    env: { PUBLIC_URL: 'https://chat.example', ALLOWED_ORIGINS: 'https://app.example' },
  });
  const ana = await app.signUp('ana');
  const withOrigin = (origin: string) => ana.socket({ headers: { origin } });
  t.equal(await refused(openSocket(app.url, 'nonsense')), 'HTTP 401');
  t.equal(await refused(openSocket(app.url, 'nonsense', { tokenAsSubprotocol: true })), 'HTTP 401');
  t.equal(await refused(withOrigin('https://evil.example')), 'HTTP 403');
  t.equal(await refused(withOrigin('null')), 'HTTP 403');
  t.equal(await refused(withOrigin('https://chat.example.evil.example')), 'HTTP 403');
  t.equal(await refused(ana.socket({ protocols: [] })), 'HTTP 400');
  t.equal(await refused(ana.socket({ protocols: ['chat.v2'] })), 'HTTP 400');
  for (const origin of ['https://chat.example', 'https://app.example']) {
    t.equal(await refused(withOrigin(origin)), 'opened');
  }
  const browser = await ana.socket({
    tokenAsSubprotocol: true,
    headers: { origin: 'https://chat.example' },
  });
  t.equal(browser.socket.protocol, 'doorbell.v1', 'the token is not echoed');
  const plain = await ana.get('/socket');
  t.match(plain, { status: 426, body: { code: 'upgrade_required' } });
  t.equal((await app.request('GET', '/socket')).status, 401);
});

test('heartbeats go out, and a socket that never answers is closed', async (t) => {
  const app = await startApp(t, { env: { HEARTBEAT_SECONDS: '1' } });
  const ana = await app.signUp('ana');
  const answering = await ana.socket();
  t.same(answering.frames[0], { event: 'ready', heartbeat: 1 });
  const silent = await ana.socket();
  silent.socket.pong = () => {};
  t.equal(await silent.closed, 4408);
  await answering.waitForEvent('heartbeat');
  t.equal(answering.socket.readyState, WebSocket.OPEN);
});

test('a heartbeat tells what was sent, so that a client notices a frame that was lost on the way', async (t) => {
  const app = await startApp(t, { env: { HEARTBEAT_SECONDS: '1' } });
  const ana = await app.signUp('ana');
  const socket = await ana.socket();
  await socket.waitForEvent('heartbeat');
  t.same(socket.frames.at(-1), { event: 'heartbeat' }, 'nothing was sent');
  const id = await ana.open('ana');
  await ana.postMessage(id, 'one');
  // FNV-1a of the two frames, worked out from RFC 9923.
  const sum = [
    { event: 'conversation.created', id: '1' },
    { event: 'message.created', id: '1-1' },
  ].reduce((all, frame) => (all + fnv(JSON.stringify(frame))) % 2 ** 32, 0);
  t.ok(await socket.waitFor((frame) => frame['event'] === 'heartbeat' && frame['sum'] === sum));
});

/** RFC 9923, 32 bits, by the book. */
const fnv = (text: string): number =>
  Number(
    Buffer.from(text).reduce(
      (hash, octet) => ((hash ^ BigInt(octet)) * 0x01000193n) % 2n ** 32n,
      0x811c9dc5n,
    ),
  );

test('a socket ends with its token unless the token is renewed', async (t) => {
  const app = await startApp(t, { env: { ACCESS_TOKEN_SECONDS: '2' } });
  const ana = await app.signUp('ana');
  const ben = await app.signUp('ben');
  const [kept, left] = await Promise.all([ana.socket(), ana.socket()]);
  await sleep(1_100);
  const { body } = await app.request('POST', '/auth/refresh', {
    json: { refreshToken: ana.refreshToken },
  });
  const answer = await kept.command('token.renew', 'r1', { token: body.accessToken });
  t.same(answer, { ref: 'r1', status: 200 });
  const foreign = await kept.command('token.renew', 'r2', { token: ben.accessToken });
  t.match(foreign, { ref: 'r2', status: 401, code: 'unauthenticated' });
  t.equal(await left.closed, 4401);
  t.equal(kept.socket.readyState, WebSocket.OPEN);
  t.equal(await kept.closed, 4401, 'the renewed token ends too');
});

test('a logout ends the live sockets of that session and no other', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const { body } = await app.request('POST', '/auth/login', {
    json: { username: 'ana', password: 'a password for tests' },
  });
  const [ended, other] = await Promise.all([ana.socket(), openSocket(app.url, body.accessToken)]);
  t.equal((await ana.post('/auth/logout')).status, 204);
  t.equal(await ended.closed, 4403);
  t.equal(other.socket.readyState, WebSocket.OPEN);
  t.equal(await refused(ana.socket()), 'HTTP 401');
});

test('of too many sockets of one user the oldest goes', async (t) => {
  const app = await startApp(t, { env: { SOCKETS_PER_USER: '2' } });
  const ana = await app.signUp('ana');
  const first = await ana.socket();
  const [second, third] = [await ana.socket(), await ana.socket()];
  t.equal(await first.closed, 4409);
  t.equal(second.socket.readyState, WebSocket.OPEN);
  t.equal(third.socket.readyState, WebSocket.OPEN);
});

test('a bad frame is answered with a 400 and the socket goes on', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const socket = await ana.socket();
  const bad: (string | Buffer)[] = [
    '',
    'nonsense',
    '7',
    'null',
    '[]',
    '"text"',
    '{"command":"no.such.command","ref":"x"}',
    '{"command":"constructor","ref":"x"}',
    '{"command":"__proto__","ref":"x"}',
    '{"ref":"x"}',
    '{"command":"token.renew"}',
    '{"command":"token.renew","ref":"x"}',
    '{"command":"token.renew","ref":7,"token":"t"}',
    `{"command":"token.renew","ref":"${'x'.repeat(65)}","token":"t"}`,
    '{"command":"token.renew","ref":"x","token":{}}',
    '['.repeat(10_000),
    Buffer.from([0, 255, 1]),
    Buffer.from('{"command":"token.renew","ref":"x","token":"t"}'),
  ];
  for (const frame of bad) {
    const before = socket.frames.length;
    socket.socket.send(frame);
    await socket.waitFor((answer) => socket.frames.indexOf(answer) >= before);
    t.match(
      socket.frames.at(-1),
      { status: 400, code: /malformed_request|invalid_input/ },
      String(frame).slice(0, 60),
    );
  }
  t.match(socket.frames.at(-1)?.['ref'], null, 'what cannot be read has no ref');
  t.equal(socket.socket.readyState, WebSocket.OPEN);
});

test('a frame that is too large or not a frame closes one socket and no other', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const witness = await ana.socket();
  const large = await ana.socket();
  large.socket.send('x'.repeat(65_537));
  t.equal(await large.closed, 4413);
  const huge = await ana.socket();
  huge.socket.send('x'.repeat(5_000_000));
  t.ok([4413, 1006].includes(await huge.closed));
  const fragmented = await ana.socket();
  for (let n = 0; n < 100; n += 1) fragmented.socket.send('x'.repeat(1_000), { fin: false });
  t.equal(await fragmented.closed, 4413);
  const raw = await ana.socket();
  raw.writeRaw(Buffer.alloc(64, 255));
  await raw.closed;
  t.equal(witness.socket.readyState, WebSocket.OPEN);
  t.equal((await app.request('GET', '/health/live')).status, 200);
});

test('a flood of commands closes the socket', async (t) => {
  const app = await startApp(t, { env: { COMMANDS_PER_SECOND: '20' } });
  const ana = await app.signUp('ana');
  const socket = await ana.socket();
  for (let n = 0; n < 60; n += 1) socket.socket.send('{}');
  t.equal(await socket.closed, 4429);
});

test('a reader that does not read is owed one resync, however much it missed', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const id = await ana.open('ana');
  const slow = await ana.socket();
  const quick = await ana.socket();
  slow.socket.pause();
  const count = 400;
  for (let n = 0; n < count; n += 20) {
    await Promise.all(Array.from({ length: 20 }, () => ana.postMessage(id, 'a note among many')));
  }
  await quick.waitForEvent('message.created', `${id}-${count}`);
  const received = (socket: typeof slow) =>
    socket.frames.filter((frame) => frame['event'] === 'message.created').length;
  t.equal(received(quick), count, 'who keeps up gets every frame');
  slow.socket.resume();
  await slow.waitForEvent('resync');
  await sleep(100);
  t.equal(received(slow), 32, 'no more than the window was ever under way');
  t.equal(slow.frames.filter((frame) => frame['event'] === 'resync').length, 1);
  await ana.postMessage(id, 'after the resync');
  await slow.waitForEvent('message.created', `${id}-${count + 1}`);
});
