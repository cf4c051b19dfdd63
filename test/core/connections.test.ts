import { once } from 'node:events';
import { test } from 'tap';
import { WebSocket } from 'ws';
import { startApp } from '../support/app.ts';
import { exchange } from '../support/exchange.ts';

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;

test('requests that are sent without reading their answers end the connection', async (t) => {
  const app = await startApp(t);
  const few = await exchange(
    app.url,
    get('/health/live').repeat(5) + get('/health/live', 'connection: close\r\n'),
  );
  t.equal(few.match(/HTTP\/1\.1 200/g)?.length, 6, 'some are fine');
  const ana = await app.signUp('ana');
  const authorization = `authorization: Bearer ${ana.accessToken}\r\n`;
  const many = await exchange(app.url, get('/api/v1/conversations', authorization).repeat(200));
  t.ok((many.match(/HTTP\/1\.1 200/g)?.length ?? 0) <= 8);
  t.equal((await app.request('GET', '/health/live')).status, 200);
});

test('no route but the socket takes an upgrade', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  for (const path of ['/health/live', '/api/v1/users/me', '/docs', '/nothing']) {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}${path}`, {
      headers: { authorization: `Bearer ${ana.accessToken}` },
    });
    const [, response] = await once(socket, 'unexpected-response');
    t.equal(response.statusCode, 400, path);
    t.match(response.headers['content-type'], 'problem+json');
    socket.on('error', () => {});
    socket.terminate();
  }
});

test('what is no readable request is a problem all the same', async (t) => {
  const app = await startApp(t);
  const close = 'connection: close\r\n';
  const cases: [bytes: string, status: RegExp][] = [
    [get('/api/v1/users/%zz', close), /^HTTP\/1\.1 400/],
    [get('/api/v1/users/%ED%A0%80', close), /^HTTP\/1\.1 400/],
    [get(`/api/v1/users/${'x'.repeat(5_000)}`, close), /^HTTP\/1\.1 404/],
    ['nonsense\r\n\r\n', /^HTTP\/1\.1 400/],
    [get('/', `x: ${'x'.repeat(20_000)}\r\n`), /^HTTP\/1\.1 431/],
    [get('/%zz', 'connection: upgrade\r\nupgrade: websocket\r\n'), /^HTTP\/1\.1 400/],
    [get('/docs/nothing', close), /^HTTP\/1\.1 404/],
    [get('/health/live', `${close}expect: a miracle\r\n`), /^HTTP\/1\.1 417/],
  ];
  for (const [bytes, status] of cases) {
    const answer = await exchange(app.url, bytes);
    t.match(answer, status);
    t.match(answer, /content-type: application\/problem\+json/i);
    t.match(answer, /cache-control: no-store/i);
    t.notMatch(answer, /FST_| {4}at /);
  }
});
