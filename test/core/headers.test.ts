import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { exchange } from '../support/exchange.ts';

interface Answer {
  status: number;
  headers: Headers;
}

const DATA_POLICY = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

/** What is wrong with the headers of an answer; nothing is right. */
function lacking({ headers }: Answer, { policy = DATA_POLICY, caching = 'no-store' } = {}) {
  const expected = {
    'content-security-policy': policy,
    'cache-control': caching,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'strict-transport-security': null,
    'x-powered-by': null,
  };
  return Object.entries(expected)
    .filter(([name, value]) => headers.get(name) !== value)
    .map(([name]) => `${name}: ${headers.get(name)}`);
}

/** The answer to bytes that `fetch` would not send. */
async function exchanged(url: string, bytes: string): Promise<Answer> {
  const [head = ''] = (await exchange(url, bytes)).split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const headers = new Headers();
  for (const line of lines)
    headers.append(line.split(':', 1)[0] ?? '', line.replace(/^.*?: */, ''));
  return { status: Number(status.split(' ')[1]), headers };
}

const asked = (path: string, ...lines: string[]): string =>
  `${['GET', path, 'HTTP/1.1'].join(' ')}\r\n${['host: x', ...lines].join('\r\n')}\r\n\r\n`;

const upgrade = (token: string, ...lines: string[]): string =>
  asked(
    '/api/v1/socket',
    'connection: upgrade',
    'upgrade: websocket',
    `authorization: Bearer ${token}`,
    'sec-websocket-protocol: doorbell.v1',
    ...lines,
  );

/** Method and address of every route of the document, with something in place of its parameters. */
async function routesOf(app: TestApp): Promise<[method: string, url: string][]> {
  const { body } = await app.request('GET', '/openapi.json');
  return Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [
      method.toUpperCase(),
      app.url + path.replaceAll(/\{\w+\}/g, '1'),
    ]),
  );
}

/** These end the sign-in that the others need. */
const ENDING = /\/logout(-all)?$|^DELETE .*\/(users\/me|sessions\/1)$/;

test('every route tells browsers to make nothing of its answer, and nobody to keep it', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const authorization = `Bearer ${ana.accessToken}`;
  const routes = await routesOf(app);
  t.ok(routes.length > 35, 'the premise');
  for (const [method, url] of routes) {
    for (const headers of [
      {},
      { authorization },
      { authorization, 'content-type': 'text/plain' },
    ]) {
      if (ENDING.test(`${method} ${url}`) && 'authorization' in headers) continue;
      const body = 'content-type' in headers && method !== 'GET' ? 'x' : null;
      const answer = await fetch(url, { method, headers, body });
      await answer.arrayBuffer();
      t.same(lacking(answer), [], `${answer.status} ${method} ${url}`);
    }
  }
  const id = await ana.open('ana');
  const { body: message } = await ana.postMessage(id, 'to be kept by her browser');
  const read = await ana.get(`/messages/${message.id}`);
  t.same(lacking(read, { caching: 'private, no-cache' }), []);
  const etag = String(read.headers.get('etag'));
  const again = await ana.get(`/messages/${message.id}`, { headers: { 'if-none-match': etag } });
  t.equal(again.status, 304);
  t.same(lacking(again, { caching: 'private, no-cache' }), []);
});

test('what finds no route, or is no request, is answered with the same headers', async (t) => {
  const app = await startApp(t, { env: { ALLOWED_ORIGINS: 'https://app.example' } });
  const ana = await app.signUp('ana');
  const close = 'connection: close';
  const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==';
  const cases: [status: number, bytes: string][] = [
    [404, asked('/nothing', close)],
    [404, asked('/api/v1/nothing', close)],
    [404, asked(`/api/v1/users/${'x'.repeat(5_000)}`, close)],
    [400, asked('/api/v1/users/%zz', close)],
    [400, 'nonsense\r\n\r\n'],
    [431, asked('/', `x: ${'x'.repeat(20_000)}`)],
    [401, upgrade('nonsense', 'sec-websocket-version: 13', key)],
    [
      403,
      upgrade(ana.accessToken, 'sec-websocket-version: 13', key, 'origin: https://evil.example'),
    ],
    [400, upgrade(ana.accessToken, 'sec-websocket-version: 13')],
    [426, upgrade(ana.accessToken, 'sec-websocket-version: 12', key)],
    [400, asked('/health/live', 'connection: upgrade', 'upgrade: websocket')],
  ];
  for (const [status, bytes] of cases) {
    const answer = await exchanged(app.url, bytes);
    const name = `${status} ${bytes.slice(0, 60)}`;
    t.equal(answer.status, status, name);
    t.match(answer.headers.get('content-type'), 'application/problem+json', name);
    t.same(lacking(answer), [], name);
  }
});

test('an outage is answered with the same headers', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  await app.db.destroy();
  for (const answer of [await app.request('GET', '/health/ready'), await ana.get('/users/me')]) {
    t.ok(answer.status >= 500, `${answer.status}`);
    t.same(lacking(answer), []);
  }
});

const PAGE = "base-uri 'none';connect-src 'self' wss://chat.example;form-action 'self'";
const FRAMES = "frame-ancestors 'none';object-src 'none'";

test('pages run scripts from this server alone, and nothing inline but the styles of the API page', async (t) => {
  const app = await startApp(t, { env: { PUBLIC_URL: 'https://chat.example', WEB_DIR: './none' } });
  const get = (path: string, headers = {}) =>
    fetch(app.url + path, { redirect: 'manual', headers });
  const hsts = 'strict-transport-security: max-age=31536000';

  const front = await get('/');
  t.equal(front.status, 503, 'nothing is built');
  t.same(lacking(front, { policy: `default-src 'self';${PAGE};${FRAMES}` }), [hsts]);

  const policy = `default-src 'none';${PAGE};${FRAMES};script-src 'self';style-src 'unsafe-inline'`;
  const page = await get('/docs');
  const html = await page.text();
  t.same(lacking(page, { policy, caching: 'no-cache' }), [hsts]);
  t.notMatch(html, /<script(?![^>]* src="\/)|<style| style=| on\w+=/i);
  const held = await get('/docs', { 'if-none-match': page.headers.get('etag') });
  t.equal(held.status, 304);

  const [, address = ''] = /<script src="([^"]+)"/.exec(html) ?? [];
  const script = await get(address);
  await script.arrayBuffer();
  t.equal(script.status, 200);
  const kept = 'public, max-age=31536000, immutable';
  t.same(lacking(script, { policy, caching: kept }), [hsts]);
  t.same(lacking(await get('/docs/nothing.js'), { policy }), [hsts], 'a 404 is not kept');

  for (const path of ['/api/v1/openapi.json', '/api/v1/asyncapi.json']) {
    const document = await get(path);
    const etag = document.headers.get('etag');
    t.same(lacking(document, { caching: 'no-cache' }), [hsts]);
    t.equal((await get(path, { 'if-none-match': etag })).status, 304, path);
  }
  t.same(lacking(await exchanged(app.url, 'nonsense\r\n\r\n')), [hsts]);
});
