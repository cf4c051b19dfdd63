import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readConfig, settingNames } from '../../src/core/config.ts';
import { urlsOfHosts } from '../../src/core/mysql-hosts.ts';
import { parseRedisUrl, type RedisUrl } from '../../src/core/redis-url.ts';
import { emptyStore } from '../support/databases.ts';
import { runServer } from '../support/process.ts';
import { vapidSettings } from '../support/push-service.ts';

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
    ...['proxy.example', '0.0.0.0/0', '::/0', '10/8', '1', '::1,', '::1, ::2'].map(
      (proxies): [Record<string, string>, RegExp] => [
        { TRUSTED_PROXIES: proxies },
        /^TRUSTED_PROXIES: .* allowed: addresses and networks/,
      ],
    ),
    [{ REQUESTS_PER_ADDRESS: '0' }, /^REQUESTS_PER_ADDRESS: 0 .* from 1 to/],
    [{ DATABASE_URL: 'postgres://x/y', JWT_SECRET: SECRET }, /^DATABASE_URL: its value /],
    ...[
      'mysql://h',
      'mysql://h:port/d',
      'mysql://h,/d',
      'mysql://u:p@/d',
      'mysql://h,mysql://i/d',
    ].map((url): [Record<string, string>, RegExp] => [
      { DATABASE_URL: url, JWT_SECRET: SECRET },
      /^DATABASE_URL: .* with several hosts/,
    ]),
    [{ DATABASE_URL: 'mysql://h/d' }, /^JWT_SECRET is required/],
    [
      { REDIS_URL: 'http://h' },
      /^REDIS_URL: its value .* redis:.* redis-sentinel:.* redis-cluster:/,
    ],
    [{ REDIS_URL: 'redis://one:6379,two:6379' }, /^REDIS_URL/],
    [{ REDIS_URL: 'redis://one:65536' }, /^REDIS_URL/],
    [{ REDIS_URL: 'redis-sentinel://one:26379' }, /^REDIS_URL/],
    [{ REDIS_URL: 'redis-cluster://one:7000,two:7000/master' }, /^REDIS_URL/],
    [{ REDIS_URL: 'redis-cluster://password@one' }, /^REDIS_URL/],
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
    ...['x'.repeat(40), 'please-change-this-secret-please-00'].map(
      (secret): [Record<string, string>, RegExp] => [
        { NODE_ENV: 'production', PUBLIC_URL: 'https://chat.example', JWT_SECRET: secret },
        /^JWT_SECRET is one that somebody could guess/,
      ],
    ),
    [{ ACCEPTED_JWT_SECRETS: 'short' }, /^ACCEPTED_JWT_SECRETS: its value/],
    [{ SMTP_URL: 'mail.example' }, /^SMTP_URL: its value .* smtps/],
    [{ VAPID_PUBLIC_KEY: 'short' }, /^VAPID_PUBLIC_KEY: .* as npm run vapid prints it/],
    [{ VAPID_PRIVATE_KEY: 'short' }, /^VAPID_PRIVATE_KEY: its value/],
    [{ VAPID_SUBJECT: 'admin@chat.example' }, /^VAPID_SUBJECT: .* mailto:/],
    [{ VAPID_PRIVATE_KEY: 'x'.repeat(43) }, /^VAPID_PUBLIC_KEY, .* go together/],
    [
      { ...vapidSettings(), VAPID_PRIVATE_KEY: vapidSettings()['VAPID_PRIVATE_KEY'] ?? '' },
      /^VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are not of one pair/,
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

test('each host of a DATABASE_URL has the user, the password and the database', async (t) => {
  const cases: [url: string, urls: string[]][] = [
    ['mysql://h/d', ['mysql://h/d']],
    ['mysql://u:p%2Cw@h:3307/d', ['mysql://u:p%2Cw@h:3307/d']],
    [
      'mysql://u:p@w,x@h,i:3307/d?a=b,c',
      ['mysql://u:p@w,x@h/d?a=b,c', 'mysql://u:p@w,x@i:3307/d?a=b,c'],
    ],
    ['mysql://[::1]:3307,[fe80::1]/d', ['mysql://[::1]:3307/d', 'mysql://[fe80::1]/d']],
  ];
  for (const [url, urls] of cases) {
    t.equal(readConfig({ DATABASE_URL: url, JWT_SECRET: SECRET }).databaseUrl, url);
    t.same(urlsOfHosts(url), urls);
  }
});

test('REDIS_URL names one Redis, the sentinels of a master, or nodes of a cluster', async (t) => {
  const one = { username: undefined, password: undefined, tls: false, masterName: '' };
  const understood: [url: string, RedisUrl][] = [
    ['redis://h', { ...one, kind: 'single', nodes: [{ host: 'h', port: 6379 }] }],
    ['redis://h:1/2', { ...one, kind: 'single', nodes: [{ host: 'h', port: 1 }] }],
    [
      'rediss://bell:a%3Ab%40c%2Fd%25@[::1]:65535/',
      {
        ...{ kind: 'single', nodes: [{ host: '::1', port: 65_535 }], masterName: '', tls: true },
        ...{ username: 'bell', password: 'a:b@c/d%' },
      },
    ],
    [
      'redis-sentinel://:secret@a_1.example,b:5/my-master',
      {
        ...{ ...one, kind: 'sentinel', password: 'secret', masterName: 'my-master' },
        nodes: [
          { host: 'a_1.example', port: 26_379 },
          { host: 'b', port: 5 },
        ],
      },
    ],
    [
      'rediss-cluster://a:7000,b',
      {
        ...{ ...one, kind: 'cluster', tls: true },
        nodes: [
          { host: 'a', port: 7_000 },
          { host: 'b', port: 6_379 },
        ],
      },
    ],
  ];
  for (const [url, expected] of understood) {
    t.equal(readConfig({ REDIS_URL: url }).redisUrl, url);
    t.same(parseRedisUrl(url), expected, url);
  }
});

test('limits for one address let one machine play everybody, except in production', async (t) => {
  const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://chat.example' };
  const office = {
    requestsPerAddress: 5_000,
    requestsPerAccount: 1_000,
    loginsPerAddress: 100,
    registrationsPerAddress: 60,
    mailsPerAddress: 30,
  };
  t.match(readConfig(production), office);
  for (const NODE_ENV of ['development', 'test']) {
    for (const [name, max] of Object.entries(office)) {
      t.match(readConfig({ NODE_ENV }), { [name]: 1_000 * max });
    }
  }
  t.match(readConfig({ LOGINS_PER_ADDRESS: '5' }), { loginsPerAddress: 5 }, 'set is set');
});

test('a server with a wrong setting says so and ends', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  const { exited, output } = runServer(t, { ...env, PORT: 'http', WORKERS: '3' });
  t.equal(await exited, 1);
  t.match(output(), /PORT: "http" is not allowed/);
  t.notMatch(output(), /at .*\.ts:/, 'no stack');
});

test('an embedded server keeps the secret that it made', async (t) => {
  const { jwtSecrets } = await import('../../src/core/jwt-secret.ts');
  const { DATA_DIR = '' } = await emptyStore(t, 'sqlite');
  const config = readConfig({ DATA_DIR });
  const made = jwtSecrets(config);
  t.ok(made[0].length >= 32);
  t.same(jwtSecrets(config), made);
  t.same(jwtSecrets(readConfig({ DATA_DIR, JWT_SECRET: SECRET })), [SECRET]);
  const other = 'y'.repeat(32);
  const rotating = { DATA_DIR, JWT_SECRET: SECRET, ACCEPTED_JWT_SECRETS: other };
  t.same(jwtSecrets(readConfig(rotating)), [SECRET, other]);
  const file = join(DATA_DIR, 'jwt-secret');
  writeFileSync(file, `${other}\n${readFileSync(file, 'utf8')}\n`);
  t.same(jwtSecrets(config), [other, ...made], 'a line above it signs from now on');
});
