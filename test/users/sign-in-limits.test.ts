import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { type BusName, storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';
import { startMailbox } from '../support/mailbox.ts';

const from = (address: string) => ({ 'x-forwarded-for': address });

const login = (app: TestApp, username: string, password: string, address = '192.0.2.1') =>
  app.request('POST', '/auth/login', { json: { username, password }, headers: from(address) });

for (const store of storeNames) {
  const bus: BusName = store === 'sqlite' ? 'in process' : 'redis';
  test(`who may try how often to sign in, ${bus}`, async (t) => {
    const mailbox = await startMailbox(t);
    const app = await startApp(t, {
      store,
      bus,
      env: {
        SMTP_URL: mailbox.url,
        TRUSTED_PROXIES: '127.0.0.1',
        LOGINS_PER_ADDRESS: '30',
        REGISTRATIONS_PER_ADDRESS: '4',
        MAILS_PER_ADDRESS: '12',
      },
    });
    await app.signUp('ana');
    await app.signUp('ben');

    await t.test(
      'ten wrong passwords lock that address out of the account, and nobody else',
      async (t) => {
        for (const name of ['ana', 'nobody']) {
          // At once, so that none of them knows of the others' failures.
          const answers = await Promise.all(
            Array.from({ length: 14 }, () => login(app, name, 'wrong password')),
          );
          const statuses = answers.map(({ status }) => status).sort();
          t.same(statuses, [...Array(10).fill(401), ...Array(4).fill(429)], `${name} alike`);
          const limited = answers.find(({ status }) => status === 429);
          t.match(limited?.body, { code: 'too_fast' });
          const wait = Number(limited?.headers.get('retry-after'));
          t.ok(wait > 0 && wait <= 900, `Retry-After: ${wait}`);
        }
        t.equal((await login(app, 'ANA', PASSWORD)).status, 429, 'with the right one too');
        t.equal((await login(app, 'ana', PASSWORD, '198.51.100.7')).status, 200);
        t.equal((await login(app, 'ana', PASSWORD, '2001:db8:1:2::1')).status, 200);
      },
    );

    await t.test('neighbours in one IPv6 network count together', async (t) => {
      for (let n = 1; n <= 10; n += 1)
        t.equal((await login(app, 'ana', 'wrong password', `2001:db8:1:2::${n}`)).status, 401);
      t.equal((await login(app, 'ana', PASSWORD, '2001:db8:1:2:ffff::1')).status, 429);
      t.equal((await login(app, 'ana', PASSWORD, '2001:db8:1:3::1')).status, 200);
    });

    await t.test('whoever gets it right is not counted', async (t) => {
      for (let n = 0; n < 40; n += 1)
        if ((await login(app, 'ben', PASSWORD, '203.0.113.1')).status !== 200) t.fail(`login ${n}`);
      t.pass();
    });

    await t.test('one address fails at most so often, by whatever names', async (t) => {
      const statuses: number[] = [];
      for (let n = 0; n < 32; n += 1)
        statuses.push((await login(app, `name${n}`, 'wrong password', '203.0.113.2')).status);
      t.same(statuses, [...Array(30).fill(401), 429, 429]);
      t.equal((await login(app, 'ben', PASSWORD, '203.0.113.3')).status, 200);
    });

    await t.test('one address registers at most so many', async (t) => {
      const statuses: number[] = [];
      for (let n = 0; n < 6; n += 1) {
        const json = { username: `new${n}`, email: `new${n}@example.org`, password: PASSWORD };
        const headers = from('203.0.113.4');
        statuses.push((await app.request('POST', '/auth/register', { json, headers })).status);
      }
      t.same(statuses, [201, 201, 201, 201, 429, 429]);
    });

    await t.test(
      'one mailbox gets three mails an hour, and who asks hears nothing of it',
      async (t) => {
        const forgot = (email: string, address: string) =>
          app.request('POST', '/auth/forgot-password', { json: { email }, headers: from(address) });
        for (let n = 0; n < 8; n += 1)
          t.equal(
            (await forgot(n % 2 ? 'ana@example.org' : 'ANA@example.org', `198.51.100.${n}`)).status,
            202,
          );
        await mailbox.newest('ana@example.org', 3);
        const statuses: number[] = [];
        for (let n = 0; n < 14; n += 1)
          statuses.push((await forgot(`nobody${n}@example.org`, '203.0.113.5')).status);
        t.same(statuses, [...Array(12).fill(202), 429, 429]);
        await forgot('ben@example.org', '203.0.113.6');
        await mailbox.newest('ben@example.org');
        t.equal(
          mailbox.mails.filter(({ recipients }) => recipients.includes('ana@example.org')).length,
          3,
        );
      },
    );

    await t.test('whoever has stolen a token does not get to guess the password', async (t) => {
      const { body } = await login(app, 'ben', PASSWORD, '203.0.113.7');
      const change = (currentPassword: string) =>
        app.request('PUT', '/users/me/password', {
          token: body.accessToken,
          json: { currentPassword, password: 'a newer password for tests' },
        });
      for (let n = 0; n < 10; n += 1) t.equal((await change('wrong password')).status, 403);
      t.equal((await change(PASSWORD)).status, 429);
    });
  });
}
