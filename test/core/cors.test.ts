import { type Test, test } from 'tap';
import { startApp } from '../support/app.ts';

const LISTED = ['https://app.example', 'http://localhost:5173'];
const FOREIGN = [
  'https://evil.example',
  'https://app.example.evil.example',
  'http://app.example',
  'https://app.example:8443',
  'https://APP.example',
  'null',
  '*',
  undefined,
];

const preflight = (origin: string | undefined, method = 'PUT') => ({
  ...(origin === undefined ? {} : { origin }),
  'access-control-request-method': method,
  'access-control-request-headers': 'authorization,content-type,idempotency-key,if-none-match',
});

const corsOf = (headers: Headers): string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const start = (t: Test, allowed: string) =>
  startApp(t, { env: { PUBLIC_URL: 'https://chat.example', ALLOWED_ORIGINS: allowed } });

test('pages of a listed origin call the API, and read whatever it answers', async (t) => {
  const app = await start(t, LISTED.join(','));
  const ana = await app.signUp('ana');
  for (const origin of LISTED) {
    for (const path of ['/conversations/direct/ana', '/auth/login', '/nothing']) {
      const { status, headers, body } = await app.request('OPTIONS', path, {
        headers: preflight(origin),
      });
      t.equal(status, 204, path);
      t.equal(body, '');
      t.equal(headers.get('access-control-allow-origin'), origin);
      t.equal(headers.get('access-control-allow-credentials'), 'true');
      t.match(headers.get('access-control-allow-methods'), /PUT, PATCH, DELETE/);
      t.match(
        headers.get('access-control-allow-headers'),
        'authorization, content-type, idempotency-key, if-none-match',
      );
      t.equal(headers.get('access-control-max-age'), '7200');
      t.match(headers.get('vary'), /\bOrigin\b/);
    }
    const answers = [
      await ana.get('/users/me', { headers: { origin } }),
      await app.request('GET', '/users/me', { headers: { origin } }),
      await app.request('POST', '/auth/login', { headers: { origin }, json: {} }),
      await app.request('GET', '/nothing', { headers: { origin } }),
      await app.request('GET', '/health/live', { headers: { origin } }),
    ];
    t.same(
      answers.map(({ status }) => status),
      [200, 401, 400, 404, 200],
    );
    for (const { status, headers } of answers) {
      t.equal(headers.get('access-control-allow-origin'), origin, `${status}`);
      t.equal(headers.get('access-control-allow-credentials'), 'true');
      t.equal(headers.get('access-control-expose-headers'), 'etag, location, retry-after');
      t.match(headers.get('vary'), /\bOrigin\b/);
    }
  }
});

test('whoever comes from elsewhere, or does not say, gets no CORS header, and a cache learns why', async (t) => {
  const app = await start(t, LISTED.join(','));
  const ana = await app.signUp('ana');
  for (const origin of [...FOREIGN, 'https://chat.example']) {
    const headers: Record<string, string> = origin === undefined ? {} : { origin };
    const answers = [
      await app.request('OPTIONS', '/users/me', { headers: preflight(origin) }),
      await ana.get('/users/me', { headers }),
      await app.request('GET', '/openapi.json', { headers }),
    ];
    t.same(
      answers.map(({ status }) => status),
      [404, 200, 200],
      `${origin}`,
    );
    for (const answer of answers) {
      t.same(corsOf(answer.headers), [], `${origin}`);
      t.match(answer.headers.get('vary'), /\bOrigin\b/);
    }
  }
});

test('without a list there is no CORS', async (t) => {
  const app = await start(t, '');
  for (const origin of [...LISTED, ...FOREIGN, 'https://chat.example']) {
    const headers: Record<string, string> = origin === undefined ? {} : { origin };
    const asked = await app.request('OPTIONS', '/users/me', { headers: preflight(origin) });
    t.equal(asked.status, 404, `${origin}`);
    const read = await app.request('GET', '/openapi.json', { headers });
    t.equal(read.status, 200);
    for (const answer of [asked, read]) {
      t.same(corsOf(answer.headers), [], `${origin}`);
      t.equal(answer.headers.get('vary'), null);
    }
  }
});
