import { test } from 'tap';
import { freePort } from '../../scripts/support/free-port.ts';
import { startApp } from '../support/app.ts';
import { emptyStore, storeNames } from '../support/databases.ts';
import { api, PASSWORD } from '../support/http.ts';
import { startMailbox, tokenIn } from '../support/mailbox.ts';
import { runServer } from '../support/process.ts';
import { openSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

const OTHER = 'another password for tests';
const PUBLIC_URL = 'https://chat.example';
const MAILS_PER_ACCOUNT = '100';

for (const store of storeNames) {
  test(`a forgotten password is set anew by mail, in ${store}`, async (t) => {
    const mailbox = await startMailbox(t);
    const env = {
      SMTP_URL: mailbox.url,
      PUBLIC_URL,
      MAIL_FROM: 'Bell <bell@chat.example>',
      MAILS_PER_ACCOUNT,
    };
    const app = await startApp(t, { store, env });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    const post = (path: string, json: object, headers = {}) =>
      app.request('POST', `/auth${path}`, { json, headers });
    const signIn = (password: string) => post('/login', { username: 'ana', password });

    const askFor = async (email: string, count: number) => {
      t.equal((await post('/forgot-password', { email })).status, 202);
      return tokenIn(await mailbox.newest('ana@example.org', count));
    };

    await t.test('the link leads where the settings say, whatever the request says', async (t) => {
      const { status } = await post(
        '/forgot-password',
        { email: 'Ana@Example.ORG' },
        { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      );
      t.equal(status, 202);
      const mail = await mailbox.newest('ana@example.org');
      t.same(mail.recipients, ['ana@example.org']);
      t.match(mail.from, /Bell.*bell@chat.example/);
      t.match(mail.text, `${PUBLIC_URL}/reset-password#token=${tokenIn(mail)}`);
      t.notMatch(mail.text, 'evil.example');
      t.equal(tokenIn(mail).length, 43);
    });

    await t.test('nobody learns who has an account', async (t) => {
      const known = await post('/forgot-password', { email: 'ben@example.org' });
      const unknown = await post('/forgot-password', { email: 'nobody@example.org' });
      t.same([known.status, known.body], [unknown.status, unknown.body]);
      t.equal(known.status, 202);
      await mailbox.newest('ben@example.org');
      t.notOk(mailbox.mails.some(({ recipients }) => recipients.includes('nobody@example.org')));
    });

    await t.test('the store has no token, only its hash', async (t) => {
      const token = await askFor('ana@example.org', 2);
      const rows = await app.db.selectFrom('mail_tokens').selectAll().execute();
      t.ok(rows.length > 0, 'the premise');
      t.notMatch(JSON.stringify(rows), token);
    });

    await t.test('it sets the password once, and ends every session and socket', async (t) => {
      const token = await askFor('ana@example.org', 3);
      const socket = await openSocket(app.url, ana.accessToken);
      const reset = (password: string) => post('/reset-password', { token, password });
      t.match(await reset('short'), { status: 400, body: { code: 'invalid_input' } });
      t.match(await reset('password1234'), {
        status: 400,
        body: { errors: [{ path: 'password' }] },
      });
      t.equal((await reset(OTHER)).status, 204, 'a refused password has not spent it');
      t.equal(await socket.closed, 4403);
      t.equal((await ana.get('/users/me')).status, 401);
      t.equal((await post('/refresh', { refreshToken: ana.refreshToken })).status, 401);
      t.equal((await signIn(PASSWORD)).status, 401);
      t.equal((await signIn(OTHER)).status, 200);
      t.match(await reset(PASSWORD), { status: 400, body: { code: 'mail_token_spent' } });
      t.match(await mailbox.newest('ana@example.org', 4), { subject: 'Your password was changed' });
    });

    await t.test('links of before are worth nothing after a change of the password', async (t) => {
      const one = await askFor('ana@example.org', 5);
      const two = await askFor('ana@example.org', 6);
      t.equal((await post('/reset-password', { token: one, password: PASSWORD })).status, 204);
      t.equal((await post('/reset-password', { token: two, password: OTHER })).status, 400);
      t.equal((await signIn(PASSWORD)).status, 200);
      await mailbox.newest('ana@example.org', 7);
    });

    await t.test('of twenty who redeem one link at once, one does', async (t) => {
      const token = await askFor('ana@example.org', 8);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          post('/reset-password', { token, password: `${OTHER} ${n}` }),
        ),
      );
      const won = answers.flatMap(({ status }, n) => (status === 204 ? [n] : []));
      t.equal(won.length, 1);
      t.ok(answers.every(({ status }) => status === 204 || status === 400));
      t.equal((await signIn(`${OTHER} ${won[0]}`)).status, 200);
      await mailbox.newest('ana@example.org', 9);
    });

    await t.test('after half an hour it is too late', async (t) => {
      const token = await askFor('ana@example.org', 10);
      const [row] = await app.db.selectFrom('mail_tokens').select('expires_at').execute();
      t.ok(Math.abs((row?.expires_at ?? 0) - Date.now() - 30 * 60_000) < 60_000);
      await app.db
        .updateTable('mail_tokens')
        .set({ expires_at: Date.now() - 1 })
        .execute();
      t.equal((await post('/reset-password', { token, password: OTHER })).status, 400);
    });

    await t.test('a token for one thing does no other', async (t) => {
      const token = await askFor('ana@example.org', 11);
      t.equal((await post('/confirm-email', { token })).status, 400);
      t.equal((await post('/reset-password', { token: 'x', password: OTHER })).status, 400);
    });
  });

  test(`an e-mail address counts once it is confirmed, in ${store}`, async (t) => {
    const mailbox = await startMailbox(t, { refusing: 1 });
    const app = await startApp(t, { store, env: { SMTP_URL: mailbox.url, PUBLIC_URL } });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    const change = (email: string, password = PASSWORD) =>
      ana.put('/users/me/email', { json: { email, password } });
    const confirm = (token: string) =>
      app.request('POST', '/auth/confirm-email', { json: { token } });

    t.match(await change('new@example.org', 'not the password'), {
      status: 403,
      body: { code: 'wrong_password' },
    });
    t.equal((await change('New@example.org')).status, 202);
    // The mail server refused it at first, for now.
    const token = tokenIn(await mailbox.newest('new@example.org'));
    t.equal((await ana.get('/users/me')).body.email, 'ana@example.org', 'not yet');
    t.equal((await confirm(token)).status, 204);
    t.equal((await ana.get('/users/me')).body.email, 'new@example.org');
    t.match(await mailbox.newest('ana@example.org'), {
      subject: 'Your e-mail address was changed',
      text: /new@example.org/,
    });
    t.equal((await confirm(token)).status, 400, 'once');

    // Whether somebody has it already is not for whoever asks to know.
    t.equal((await change('ben@example.org')).status, 202);
    t.match(await confirm(tokenIn(await mailbox.newest('ben@example.org'))), {
      status: 409,
      body: { code: 'email_taken' },
    });

    // A link to the address of before opens nothing any more.
    await app.request('POST', '/auth/forgot-password', { json: { email: 'new@example.org' } });
    const reset = tokenIn(await mailbox.newest('new@example.org', 2));
    t.equal((await change('third@example.org')).status, 202);
    t.equal((await confirm(tokenIn(await mailbox.newest('third@example.org')))).status, 204);
    const answer = await app.request('POST', '/auth/reset-password', {
      json: { token: reset, password: OTHER },
    });
    t.equal(answer.status, 400);
  });
}

test('an address that reads like a list is one address, or none', async (t) => {
  const app = await startApp(t);
  for (const email of [
    'a,b@example.org',
    '"a b"@example.org',
    'a<b>@example.org',
    'a;b@example.org',
  ]) {
    const { status } = await app.request('POST', '/auth/register', {
      json: { username: 'eve', email, password: PASSWORD },
    });
    t.equal(status, 400, email);
  }
});

test('without a mail server, development writes the mail to its log and says so', async (t) => {
  for (const NODE_ENV of ['development', 'production']) {
    const port = await freePort();
    const server = runServer(t, {
      ...(await emptyStore(t, 'sqlite')),
      JWT_SECRET: 'fJ2kq9XvT7mWz3LpR8cYb5Nd1Hs6Gt0A',
      NODE_ENV,
      PUBLIC_URL,
      PORT: String(port),
    });
    const app = api(`http://127.0.0.1:${port}`);
    await until(async () => {
      const live = await app.request('GET', '/health/ready').catch(() => undefined);
      return live?.status === 200;
    });
    await app.signUp('ana');
    await app.request('POST', '/auth/forgot-password', { json: { email: 'ana@example.org' } });
    await until(() => /no SMTP_URL: (this mail|a mail)/.test(server.output()));
    const hasLink = server.output().includes(`${PUBLIC_URL}/reset-password#token=`);
    t.equal(hasLink, NODE_ENV === 'development', NODE_ENV);
    await server.stop();
  }
});
