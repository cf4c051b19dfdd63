import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { readConfig, settingNames } from '../../src/core/config.ts';
import { emptyStore } from '../support/databases.ts';
import { runServer } from '../support/process.ts';

const SECRET = 'x'.repeat(32);

function complaintOf(env: Record<string, string>): string {
  try {
    readConfig(env);
    return '';
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
}

test('nothing set is a whole configuration', async (t) => {
  t.match(readConfig({}), { port: 3000, host: '127.0.0.1', messagesToLoad: 15, workers: 1 });
  t.same(readConfig({ PORT: '', LOG_LEVEL: '' }), readConfig({}), 'empty is not set');
});

test('.env.example names every setting and shows its default', async (t) => {
  const lines = readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm);
  const example = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
  t.same(Object.keys(example).sort(), [...settingNames].sort());
  t.same(readConfig(example), readConfig({}));
});

test('a wrong value is named, with what is allowed', async (t) => {
  const wrong: [env: Record<string, string>, message: RegExp][] = [
    [{ PORT: 'http' }, /^PORT: "http" .* whole number from 0 to 65535$/],
    [{ PORT: '70000' }, /^PORT: 70000 /],
    [{ MESSAGES_TO_LOAD: '0' }, /^MESSAGES_TO_LOAD: 0 .* from 1 to 100$/],
    [{ MESSAGES_TO_LOAD: '1e1' }, /^MESSAGES_TO_LOAD/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL: "loud" .*fatal, error, warn, info/],
    [{ NODE_ENV: 'staging' }, /^NODE_ENV: .*development, production, test/],
    [{ PUBLIC_URL: 'https://chat.example/path' }, /^PUBLIC_URL/],
    [{ ALLOWED_ORIGINS: 'chat.example' }, /^ALLOWED_ORIGINS/],
    [{ DATABASE_URL: 'postgres://x/y', JWT_SECRET: SECRET }, /^DATABASE_URL: its value /],
    [{ DATABASE_URL: 'mysql://h/d' }, /^JWT_SECRET is required/],
    [{ NODE_ENV: 'production' }, /^PUBLIC_URL is required in production/],
    [{ FAILPOINT: 'after-commit' }, /^FAILPOINT: .*after-announcement, then :kill or :stop/],
    [
      {
        NODE_ENV: 'production',
        PUBLIC_URL: 'https://chat.example',
        FAILPOINT: 'after-commit:kill:1',
      },
      /^FAILPOINT is refused in production/,
    ],
    [{ WORKERS: '2' }, /^WORKERS=2 needs DATABASE_URL and REDIS_URL/],
    [{ WORKERS: '2', DATABASE_URL: 'mysql://h/d', JWT_SECRET: SECRET }, /^WORKERS=2 needs/],
  ];
  for (const [env, message] of wrong)
    t.throws(() => readConfig(env), { message }, JSON.stringify(env));
  const complaint = complaintOf({ JWT_SECRET: 'short-secret' });
  t.match(complaint, /^JWT_SECRET/);
  t.notMatch(complaint, 'short-secret', 'a secret is never shown');
  t.throws(
    () => readConfig({ PORT: 'x', WORKERS: 'y' }),
    { message: /PORT.*\n.*WORKERS/ },
    'all at once',
  );
});

test('a server with a wrong setting says so and ends', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  const { exited, output } = runServer(t, { ...env, PORT: 'http', WORKERS: '3' });
  t.equal(await exited, 1);
  t.match(output(), /PORT: "http" is not allowed/);
  t.notMatch(output(), /at .*\.ts:/, 'no stack');
});

test('an embedded server keeps the secret that it made', async (t) => {
  const { jwtSecret } = await import('../../src/core/jwt-secret.ts');
  const { DATA_DIR = '' } = await emptyStore(t, 'sqlite');
  const config = readConfig({ DATA_DIR });
  const made = jwtSecret(config);
  t.ok(made.length >= 32);
  t.equal(jwtSecret(config), made);
  t.equal(jwtSecret(readConfig({ DATA_DIR, JWT_SECRET: SECRET })), SECRET);
});
