import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'tap';
import { complaintsIn } from '../../scripts/fuzz/check-server.ts';
import { fuzz } from '../../scripts/fuzz/run.ts';
import { SETTINGS } from '../../scripts/fuzz/server.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { type Alter, alteringRelay } from './fuzz/altering-relay.ts';

const run = promisify(execFile);
const command = (...args: string[]) => run(process.execPath, ['scripts/fuzz.ts', ...args]);

for (const store of storeNames) {
  test(`nothing is found wrong with a sound server, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store, env: SETTINGS });
    const { findings, tally } = await fuzz({ url: app.url, cases: 800, seed: 5, lanes: 4 });
    t.same(findings, []);
    t.equal(tally.cases, 800);
    t.ok(tally.successes > 200, 'and much of it went well');
    t.ok(tally.successes < 700, 'and much of it did not');
  });
}

test('the command starts a server of its own and says what it did', async (t) => {
  const { stdout } = await command('--cases', '300', '--seed', '3');
  t.match(stdout, /^300 cases over sqlite, seed 3$/m);
  t.match(stdout, /^300 cases over \d+ routes and \d+ commands/m);
  t.match(stdout, /^nothing was found$/m);
});

test('an option that makes no sense is named', async (t) => {
  const wrong = [
    ['--cases', 'many'],
    ['--seed', 'x'],
    ['--store', 'none'],
  ] as const;
  for (const [name, value] of wrong) {
    const error = await command(name, value).catch((error) => error);
    t.match(error, { code: 2, stderr: new RegExp(`^${name}:`) });
  }
});

test('errors in the log, and what is no log at all, are complaints', async (t) => {
  const line = (level: number, msg: string) => `${JSON.stringify({ level, msg })}\n`;
  t.same(complaintsIn(line(30, 'answered') + line(40, 'unavailable')), []);
  t.match(complaintsIn(line(50, 'Something went wrong here')), [/Something went wrong here/]);
  t.match(complaintsIn('RangeError: Maximum call stack size exceeded\n'), [/RangeError/]);
});

/** An answer with another body, of the length that it says. */
function withBody(answer: string, change: (body: string) => string): string {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const body = change(rest.join('\r\n\r\n'));
  return `${head.replace(/content-length: \d+/i, `content-length: ${body.length}`)}\r\n\r\n${body}`;
}

const isGood = (answer: string) => answer.startsWith('HTTP/1.1 200');
const isBad = (answer: string) => answer.startsWith('HTTP/1.1 4');
const inGood =
  (from: string | RegExp, to: string): Alter =>
  (answer) =>
    isGood(answer) ? withBody(answer, (body) => body.replace(from, to)) : answer;
const inBad =
  (from: string | RegExp, to: string): Alter =>
  (answer) =>
    isBad(answer) ? withBody(answer, (body) => body.replace(from, to)) : answer;

const ROOMS = 'GET /api/v1/rooms';
const more = (text: string): Alter => inGood('{"rooms"', `{"more":${JSON.stringify(text)},"rooms"`);
/** A short text frame of a server. */
const frame = (text: string): string => `\x81${String.fromCharCode(text.length)}${text}`;
const once = (alter: Alter): Alter => {
  let done = false;
  return (answer, request) => {
    const altered = done ? answer : alter(answer, request);
    done ||= altered !== answer;
    return altered;
  };
};

/** A server that does this must be found out by these words. */
const faults: readonly [does: string, only: string, alter: Alter, found: RegExp][] = [
  ['answers 500', ROOMS, (a) => a.replace(/^HTTP\/1\.1 200 OK/, 'HTTP/1.1 500 Oops'), /status 500/],
  [
    'answers 503 and does not say when to come again',
    ROOMS,
    (a) => a.replace(/^HTTP\/1\.1 200 OK/, 'HTTP/1.1 503 Away'),
    /503 without Retry-After/,
  ],
  [
    'answers with a status that is not documented',
    ROOMS,
    (a) => a.replace(/^HTTP\/1\.1 200 OK/, 'HTTP/1.1 202 Yes'),
    /status 202 is not documented/,
  ],
  [
    'shows a stack',
    ROOMS,
    more('Error\n    at handler (file:///app/main.ts:1:2)'),
    /shows a stack/,
  ],
  ['shows a path of its source', ROOMS, more('in /app/src/x.ts'), /shows a path/],
  ['shows a statement', ROOMS, more('SELECT * FROM users'), /shows a statement/],
  ['shows an error of the database', ROOMS, more('ER_DUP_ENTRY'), /shows an error of the/],
  [
    'answers by a code that is not documented',
    ROOMS,
    inBad(/"code":"\w+"/, '"code":"odd"'),
    /code/,
  ],
  ['answers by a problem of another status', ROOMS, inBad(/"status":4/, '"status":5'), /status of/],
  [
    'answers a problem that is none',
    ROOMS,
    (a) => a.replace(/application\/problem\+json/, 'application/json'),
    /is not application\/problem\+json/,
  ],
  ['leaves something out', ROOMS, inGood('"hasMore"', '"hasLess"'), /not what is documented/],
  ['answers no JSON', ROOMS, inGood(/\}$/, ''), /not what is documented/],
  ['may be cached', ROOMS, (a) => a.replace(/cache-control/i, 'x-cache'), /no Cache-Control/],
  ['hangs up', ROOMS, once(() => undefined), /no answer/],
  [
    'answers about another',
    'GET /api/v1/conversations/{id}',
    inGood(/"id":"\d+"/, '"id":"99999"'),
    /another than was asked for/,
  ],
  [
    'takes what its schema refuses',
    'POST /api/v1/sync',
    (a) =>
      isBad(a)
        ? withBody(a, () => '{"events":[],"conversations":{},"more":false}')
            .replace(/^HTTP\/1\.1 4.*/, 'HTTP/1.1 200 OK')
            .replace('application/problem+json', 'application/json')
        : a,
    /for a body that the schema refuses/,
  ],
  [
    'echoes a token',
    ROOMS,
    (a, request) => more(/bearer (\S+)/i.exec(request)?.[1] ?? '')(a, request),
    /echoes a token/,
  ],
  [
    'answers a frame by another reference',
    'typing',
    (a) => a.replace(/"ref":"r/, '"ref":"q'),
    /the reference is q/,
  ],
  ['answers a frame twice', 'typing', (a) => (a.includes('"ref"') ? a + a : a), /more than one/],
  ['answers no frame', 'typing', once((a) => (a.includes('"ref"') ? '' : a)), /no answer/],
  [
    'sends a frame that is not documented',
    'typing',
    (a) =>
      a.includes('"ref"') ? frame('{"event":"message.created","id":"1-1","body":"b"}') + a : a,
    /a frame that is not documented/,
  ],
  [
    'closes the socket by a code that is not documented',
    'typing',
    (a) => (a.includes('"ref"') ? '\x88\x02\x11\x5c' : a),
    /closed by 4444/,
  ],
];

test('it is found when a server', async (t) => {
  const app = await startApp(t, { env: SETTINGS });
  const relay = await alteringRelay(t, app.url);
  const find = async (only: string) => {
    const { findings } = await fuzz({ url: relay.url, cases: 60, seed: 1, only, lanes: 2 });
    return findings.map(({ what }) => what);
  };
  // Only what the fuzzer sends is altered, and not what sets its world up.
  const unlessSetUp =
    (alter: Alter): Alter =>
    (answer, request) =>
      /user-agent/i.test(request) ? answer : alter(answer, request);

  for (const only of new Set(faults.map(([, only]) => only))) {
    t.same(await find(only), [], `nothing is wrong with ${only} as it is`);
  }
  for (const [does, only, alter, found] of faults) {
    t.test(does, async (t) => {
      relay.alter = unlessSetUp(alter);
      t.ok((await find(only)).some((what) => found.test(what)));
    });
  }

  t.test('is slow, and not only once', async (t) => {
    const findWithOneLane = async () => {
      const options = { url: relay.url, cases: 5, seed: 1, only: ROOMS, lanes: 1 };
      return (await fuzz(options)).findings.map(({ what }) => what);
    };
    relay.alter = (answer) => answer;
    relay.slow = 1;
    t.same(await findWithOneLane(), []);
    t.equal(relay.slow, 0);
    relay.slow = 2;
    t.match(await findWithOneLane(), [/^slow: 2\d\d\d ms$/]);
  });

  t.test("shows another's message", async (t) => {
    relay.alter = unlessSetUp((answer, request) => {
      const [secret = ''] = /zq[0-9a-f]{32}qz/.exec(relay.said) ?? [];
      return more(secret)(answer, request);
    });
    relay.said = '';
    t.match(await find(ROOMS), [/shows another's message/]);
  });
});
