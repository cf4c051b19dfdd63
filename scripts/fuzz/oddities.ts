import { indexOf, pick, type Random } from '../seed/random.ts';
import { nastyText } from './nasty.ts';
import type { FuzzRequest } from './request.ts';

type Oddity = (request: FuzzRequest, random: Random) => FuzzRequest;

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'get',
  'FOO',
];

const CONTENT_TYPES = [
  ...[
    '',
    'application/json;charset=utf-8',
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'application/json;',
    'application/json\t',
  ],
  ...[
    'application/json\tx',
    'application/jsonx',
    'application/json, text/plain',
    'text/plain',
    'text/html',
    'application/xml',
    '/',
    'x',
  ],
  ...[
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    ';;;',
    'a/b;"',
  ],
];

const signedOut = (request: FuzzRequest, value?: string): FuzzRequest => ({
  ...request,
  headers: [
    ...request.headers.filter(([name]) => name !== 'authorization'),
    ...(value === undefined ? [] : [['authorization', value] as [string, string]]),
  ],
  isSignedIn: false,
});

const withHeader = (request: FuzzRequest, name: string, value: string): FuzzRequest => ({
  ...request,
  headers: [...request.headers.filter(([other]) => other !== name), [name, value]],
});

const alone = (request: FuzzRequest): FuzzRequest => ({ ...request, isAlone: true });

/** What is odd about a request as such, whatever it asks for. */
const oddities: readonly Oddity[] = [
  (request, random) => ({ ...request, method: pick(random, METHODS) }),
  (request) => signedOut(request),
  (request, random) => signedOut(request, oddAuthorization(request, random)),
  (request, random) => withHeader(request, 'content-type', pick(random, CONTENT_TYPES)),
  (request, random) =>
    withHeader(
      request,
      'if-none-match',
      pick(random, ['*', '""', 'W/"a"', ','.repeat(3_000), '"1-1.0.ana"']),
    ),
  (request, random) => withHeader(request, 'idempotency-key', headerText(random)),
  (request, random) =>
    withHeader(
      request,
      pick(random, [
        'accept',
        'origin',
        'cookie',
        'x-forwarded-for',
        'accept-encoding',
        'range',
        'content-encoding',
        'x-http-method-override',
        'forwarded',
        'if-match',
      ]),
      headerText(random),
    ),
  (request, random) => ({ ...request, target: oddTarget(request.target, random) }),
  (request, random) => ({
    ...request,
    body: undefined,
    headers: [
      ...request.headers,
      ...pick(random, [[], [['content-length', '0']]] as [string, string][][]),
    ],
  }),
  (request) =>
    request.body
      ? request
      : withHeader(
          { ...request, body: Buffer.from('{"a":1}') },
          'content-type',
          'application/json',
        ),
  (request, random) =>
    alone({
      ...request,
      headers: [
        ...request.headers,
        [
          pick(random, ['Host', 'X-Bad\u0001', 'x y', 'content-length', 'transfer-encoding', '']),
          pick(random, ['', '\u0001', '-1', '1e3', 'identity', 'chunked, chunked', 'a\u0000b']),
        ],
      ],
    }),
  (request) =>
    alone(
      withHeader(request, 'content-length', String(Math.max(0, (request.body?.length ?? 0) - 1))),
    ),
  (request) => alone(withHeader(request, 'x-long', 'a'.repeat(20_000))),
  (request) => alone(withHeader(withHeader(request, 'connection', 'upgrade'), 'upgrade', 'h2c')),
  (request) => alone(withHeader(request, 'expect', '100-continue')),
  (request) => alone(withHeader(request, 'expect', 'a miracle')),
];

/** Deliveries that take their time, or are cut. Rare: each costs a connection, some a second. */
const deliveries = [
  'trickled',
  'trickled',
  'truncated',
  'truncated',
  'truncated',
  'stalled',
] as const;

export function makeOdd(request: FuzzRequest, random: Random): FuzzRequest {
  const luck = random();
  if (luck < 0.003) return { ...alone(request), delivery: pick(random, deliveries) };
  if (luck < 0.82) return request;
  return pick(random, oddities)(request, random);
}

const headerText = (random: Random): string =>
  Buffer.from(nastyText(random).replaceAll(/[\r\n\0]/g, ''))
    .toString('latin1')
    .slice(0, 4_000);

function oddAuthorization({ headers }: FuzzRequest, random: Random): string {
  const good =
    headers.find(([name]) => name === 'authorization')?.[1].slice('Bearer '.length) ?? 'x';
  const [head = '', payload = '', signature = ''] = good.split('.');
  const base64 = (text: string) => Buffer.from(text).toString('base64url');
  return pick(random, [
    ...[
      '',
      'Bearer',
      'Bearer ',
      `Basic ${base64('a:b')}`,
      `Token ${good}`,
      `${good}`,
      `Bearer ${good} ${good}`,
      `Bearer "${good}"`,
    ],
    `Bearer ${base64('{"alg":"none","typ":"JWT"}')}.${payload}.`,
    `Bearer ${head}.${base64('{"sub":"1","sid":1,"iss":"doorbell","aud":"doorbell","exp":9999999999}')}.${signature}`,
    `Bearer ${head}.${base64('[]')}.${signature}`,
    `Bearer ${head}.${payload}.${signature.slice(0, -2)}`,
    `Bearer ${head}.${payload}`,
    `Bearer ${'a'.repeat(9_000)}`,
    'Bearer \u00ff\u00fe',
    'Bearer ..',
  ]);
}

function oddTarget(target: string, random: Random): string {
  const [path = '', query = ''] = target.split('?');
  const at = indexOf(random, path.length);
  return pick(random, [
    `${path}/`,
    `${path}//`,
    path.replace('/api', '//api'),
    `${path}/%2e%2e/%2e%2e`,
    `${path}/../../../../etc/passwd`,
    `${path.slice(0, at)}%00${path.slice(at)}`,
    `${path.slice(0, at)}%c0%ae${path.slice(at)}`,
    `${path.slice(0, at)}%25%32%66${path.slice(at)}`,
    `${path.slice(0, at)}%${path.slice(at)}`,
    `${path};a=b`,
    `${path}%3f${query}`,
    `${path}?${query}&${query}&${query}`,
    `${path}?__proto__[a]=1&constructor.prototype.a=1&${query}`,
    `${path}?${'a=1&'.repeat(2_000)}`,
    `${path}?limit=%ff&after=%ed%a0%80&q=%00`,
    `${path}?=&&=&${query}`,
    `${path}/${'a'.repeat(5_000)}`,
    path.toUpperCase(),
    `http://elsewhere.example${path}`,
    `${path}\u00e4\u00ff`,
  ]);
}
