import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';

/** Pairs of requests; each is one look at either time. */
const PAIRS = 30;
/** Milliseconds: a busy machine makes as much of a difference by itself. */
const NOISE = 3;
/** A hash that is computed for some names alone would make it twenty times as much. */
const LIKE = 1.5;

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Medians of the times of two requests that take turns, so that whatever else the machine does hits both alike. */
async function compare(one: () => Promise<unknown>, other: () => Promise<unknown>) {
  const times: [number[], number[]] = [[], []];
  const measure = async (request: () => Promise<unknown>, into: number[]) => {
    const start = performance.now();
    await request();
    into.push(performance.now() - start);
  };
  for (let n = 0; n < PAIRS; n += 1) {
    const order = n % 2 ? [0, 1] : [1, 0];
    for (const which of order) {
      if (which === 0) await measure(one, times[0]);
      else await measure(other, times[1]);
    }
  }
  return [median(times[0]), median(times[1])] as const;
}

const bare = ({ status, body }: Awaited<ReturnType<TestApp['request']>>) => [
  status,
  { ...body, requestId: '' },
];

for (const store of storeNames) {
  test(`neither words nor time tell who has an account, in ${store}`, async (t) => {
    const app = await startApp(t, {
      store,
      env: { LOGINS_PER_ACCOUNT: '100000', MAILS_PER_ACCOUNT: '100000' },
    });
    const ana = await app.signUp('ana');
    const gone = await app.signUp('gone');
    await gone.delete('/users/me');
    const login = (username: string) =>
      app.request('POST', '/auth/login', { json: { username, password: 'wrong password' } });
    const forgot = (email: string) =>
      app.request('POST', '/auth/forgot-password', { json: { email } });

    const wrong = bare(await login('ana'));
    for (const name of [
      'nobody',
      'gone',
      'deleted:2',
      'ana@example.org',
      'nobody@example.org',
      'a b',
      '☃',
    ])
      t.same(bare(await login(name)), wrong, `login: ${name}`);
    const sent = await forgot('ana@example.org');
    for (const email of ['nobody@example.org', 'gone@example.org', 'nonsense', ''])
      t.same((await forgot(email)).status, sent.status, `forgot: ${email}`);
    const stranger = bare(await ana.get('/users/nobody'));
    for (const name of ['gone', 'GONE', 'a b', '%00', 'x'.repeat(60)])
      t.same(
        bare(await ana.get(`/users/${encodeURIComponent(name)}`)),
        stranger,
        `profile: ${name}`,
      );

    for (const [what, known, unknown] of [
      ['a sign-in', () => login('ana'), () => login('nobody')],
      ['a sign-in by address', () => login('ana@example.org'), () => login('nobody@example.org')],
      ['a sign-in of a deleted user', () => login('ana'), () => login('gone')],
      ['a forgotten password', () => forgot('ana@example.org'), () => forgot('nobody@example.org')],
    ] as const) {
      const [a, b] = await compare(known, unknown);
      t.comment(`${what}: ${a.toFixed(2)} and ${b.toFixed(2)} ms`);
      t.ok(Math.max(a, b) < LIKE * Math.min(a, b) + NOISE, `${what}: ${a} and ${b} ms`);
    }
  });
}
