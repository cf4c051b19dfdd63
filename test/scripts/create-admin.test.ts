import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { emptyStore, storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';

type Env = Record<string, string>;

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function runScript(
  name: string,
  env: Env,
  args: string[] = [],
  piped?: string,
): Promise<Result> {
  const child = spawn(process.execPath, [`scripts/${name}.ts`, ...args], {
    env,
    stdio: [piped === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const result: Result = { code: null, stdout: '', stderr: '' };
  child.stdout?.on('data', (data) => (result.stdout += data));
  child.stderr?.on('data', (data) => (result.stderr += data));
  child.stdin?.end(piped);
  const [code] = await once(child, 'close');
  return { ...result, code };
}

const createAdmin = (env: Env, args: string[], piped?: string) =>
  runScript('create-admin', env, args, piped);

const signIn = (app: TestApp, username: string, password: string) =>
  app.request('POST', '/auth/login', { json: { username, password } });

const ANA = ['--username', 'Ana', '--email', 'ana@example.org'];

for (const store of storeNames) {
  test(`creating an admin, stored in ${store}`, async (t) => {
    t.test(
      'works on a store that has no tables yet, with a password that is shown once',
      async (t) => {
        const env = await emptyStore(t, store);
        const { code, stdout } = await createAdmin(env, ANA);
        t.equal(code, 0);
        const [, password = ''] = /^The password, shown this once: (.*)$/m.exec(stdout) ?? [];
        const app = await startApp(t, { store, env });
        const { status, body } = await signIn(app, 'ana', password);
        t.equal(status, 200);
        t.match(body.user, { username: 'ana', email: 'ana@example.org', role: 'admin' });
      },
    );

    t.test('takes a password from its arguments, or piped in, and does not show it', async (t) => {
      const app = await startApp(t, { store });
      const given = await createAdmin(app.env, [...ANA, '--password', PASSWORD]);
      t.match(given, { code: 0, stdout: 'ana is an admin now.\n' });
      const piped = await createAdmin(
        app.env,
        ['--username', 'ben', '--email', 'ben@example.org'],
        `${PASSWORD}\n`,
      );
      t.match(piped, { code: 0, stdout: 'ben is an admin now.\n' });
      for (const name of ['ana', 'ben']) {
        t.match(await signIn(app, name, PASSWORD), {
          status: 200,
          body: { user: { role: 'admin' } },
        });
      }
    });

    t.test('makes an admin of somebody who is there only when told to', async (t) => {
      const app = await startApp(t, { store });
      await app.signUp('ana');
      t.match(await createAdmin(app.env, ANA), {
        code: 1,
        stdout: '',
        stderr: "ana has an account already; --promote makes it an admin's\n",
      });
      t.match(await signIn(app, 'ana', PASSWORD), { body: { user: { role: 'user' } } });
      t.match(await createAdmin(app.env, ['--username', 'ana', '--promote']), { code: 0 });
      t.match(await signIn(app, 'ana', PASSWORD), {
        status: 200,
        body: { user: { role: 'admin' } },
      });
    });

    t.test('refuses an e-mail address that has an account', async (t) => {
      const app = await startApp(t, { store });
      await app.signUp('ana');
      t.match(await createAdmin(app.env, ['--username', 'ben', '--email', 'ANA@example.org']), {
        code: 1,
        stderr: 'This e-mail address already has an account.\n',
      });
    });

    t.test('migrating says what ran, and the next time that there is nothing to do', async (t) => {
      const env = await emptyStore(t, store);
      t.match(await runScript('migrate', env), {
        code: 0,
        stdout: /^migrated: 0001-first-house$/m,
      });
      t.match(await runScript('migrate', env), { code: 0, stdout: 'nothing to do\n' });
    });
  });
}

test('every wrong value is named on one line, but no password', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  const args = ['--username', 'ana maria', '--email', 'example.org', '--password', 'too short'];
  const { code, stderr } = await createAdmin(env, args);
  t.equal(code, 1);
  t.match(stderr, /^--username must .*; --email must .*; --password must .*\n$/);
  t.notMatch(stderr, /too short/);
});

test('what is missing or unknown is named', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  t.match(await createAdmin(env, []), { code: 1, stderr: '--username is missing; see --help\n' });
  t.match(await createAdmin(env, ['--username', 'ana']), {
    code: 1,
    stderr: '--email is missing; see --help\n',
  });
  t.match(await createAdmin(env, ['--admin']), {
    code: 1,
    stderr: "Unknown option '--admin'; see --help\n",
  });
});

test('--help needs no settings', async (t) => {
  const { code, stdout } = await createAdmin({ PORT: 'none' }, ['--help']);
  t.equal(code, 0);
  t.match(stdout, /--promote/);
});

test('without its database, or with wrong settings, a command ends with one line', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  const away = { ...env, DATABASE_URL: 'mysql://root@127.0.0.1:1/nothing' };
  for (const name of ['migrate', 'create-admin']) {
    const args = name === 'migrate' ? [] : ANA;
    t.match(await runScript(name, away, args), {
      code: 1,
      stderr: /^The database is away or busy: .*ECONNREFUSED.*\n$/,
    });
    t.match(await runScript(name, { ...env, PORT: 'none' }, args), {
      code: 1,
      stderr: /^Wrong settings; see \.env\.example: PORT: "none" is not allowed.*\n$/,
    });
  }
});
