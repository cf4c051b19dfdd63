import { existsSync } from 'node:fs';
import { type Static, Type } from '@fastify/type-provider-typebox';
import { Compile } from 'typebox/compile';
import { FAILPOINTS } from './failpoints.ts';
import { isTrustedProxy } from './limits/trusted-proxy.ts';
import { REDIS_URL_FORMS, REDIS_URL_PATTERN } from './redis-url.ts';
import { isVapidPair } from './vapid-keys.ts';

/** What a limit may be set to. */
const limit = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description }));

const integer = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description });

/** A name or an address, perhaps with a port. */
const HOST = '([^/?#@:,\\[\\]\\s]+|\\[[\\da-fA-F:.]+\\])(:\\d{1,5})?';

/**
 * The environment, one variable a line: what is allowed, what holds when nothing is set, what it
 * is for. `.env.example` is checked against this table.
 */
const Environment = Type.Object({
  NODE_ENV: Type.Enum(['development', 'production', 'test'], { default: 'development' }),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  PORT: integer(3000, 0, 65_535, 'Port to listen on; 0 takes a free one'),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#]+$',
      description: 'an address without a path, such as https://chat.example',
    }),
  ),
  ALLOWED_ORIGINS: Type.String({
    default: '',
    pattern: '^(https?://[^/?#,]+(,https?://[^/?#,]+)*)?$',
    description: 'origins, separated by commas, such as https://app.example,https://other.example',
  }),
  TRUSTED_PROXIES: Type.String({ default: '' }),
  DATA_DIR: Type.String({ default: './data', minLength: 1 }),
  WEB_DIR: Type.String({ default: './.web', minLength: 1 }),
  DATABASE_URL: Type.Optional(
    Type.String({
      pattern: `^mysql://([^/?#]*@)?${HOST}(,${HOST})*/.+`,
      description: 'mysql://user:password@host:3306/database, or with several hosts: host,host',
    }),
  ),
  REDIS_URL: Type.Optional(
    Type.String({ pattern: REDIS_URL_PATTERN, description: REDIS_URL_FORMS }),
  ),
  REDIS_PREFIX: Type.String({
    default: 'doorbell',
    pattern: '^[\\w.-]{1,40}$',
    description: 'up to 40 letters, digits, dots, dashes and underscores',
  }),
  WORKERS: integer(1, 1, 256, 'Processes that share the port'),
  JWT_SECRET: Type.Optional(Type.String({ minLength: 32 })),
  ACCEPTED_JWT_SECRETS: Type.String({
    default: '',
    pattern: '^([^,\\s]{32,}(,[^,\\s]{32,})*)?$',
    description: 'secrets of at least 32 characters, separated by commas',
  }),
  ACCESS_TOKEN_SECONDS: integer(600, 1, 86_400, 'Life of an access token'),
  REFRESH_TOKEN_DAYS: integer(30, 1, 365, 'A device that stays away longer signs in again'),
  SMTP_URL: Type.Optional(
    Type.String({
      pattern: `^smtps?://([^/?#@\\s]*@)?${HOST}/?$`,
      description: 'smtp://user:password@host:587, or smtps:// where TLS comes first',
    }),
  ),
  MAIL_FROM: Type.String({
    default: 'Doorbell <doorbell@localhost>',
    pattern: '^[^\\r\\n]+$',
    description: 'a sender, such as Doorbell <doorbell@chat.example>',
  }),
  VAPID_PUBLIC_KEY: Type.Optional(
    Type.String({ pattern: '^[\\w-]{87}$', description: 'as npm run vapid prints it' }),
  ),
  VAPID_PRIVATE_KEY: Type.Optional(
    Type.String({ pattern: '^[\\w-]{43}$', description: 'as npm run vapid prints it' }),
  ),
  VAPID_SUBJECT: Type.Optional(
    Type.String({
      pattern: '^(mailto:[^\\s@]+@[^\\s@]+|https://[^\\s/]+.*)$',
      description: 'an address such as mailto:admin@chat.example or https://chat.example',
    }),
  ),
  PUSH_DELAY_MS: integer(5_000, 0, 60_000, 'That a push is held, in case somebody reads meanwhile'),
  PUSH_TO_LOOPBACK: Type.Enum(['on', 'off'], { default: 'off' }),
  MESSAGES_TO_LOAD: integer(15, 1, 100, 'Messages of a page without a limit'),
  MAX_USERS_IN_ROOM: integer(10_000, 2, 1_000_000, 'A room can set itself a lower limit'),
  PRESENCE: Type.Enum(['on', 'off'], { default: 'on' }),
  TYPING: Type.Enum(['on', 'off'], { default: 'on' }),
  PRESENCE_MAX_MEMBERS: integer(
    100,
    0,
    100_000,
    'In larger rooms nobody hears at once who is online, types or has read',
  ),
  HEARTBEAT_SECONDS: integer(25, 1, 300, 'Between two heartbeats of a socket'),
  SOCKETS_PER_USER: integer(10, 1, 100_000, 'Of one user in one process; the oldest goes'),
  COMMANDS_PER_SECOND: integer(50, 1, 100_000, 'That one socket may send'),
  REQUESTS_PER_ADDRESS: limit('In 10 seconds'),
  REQUESTS_PER_ACCOUNT: limit('In 10 seconds, commands of its sockets among them'),
  LOGINS_PER_ADDRESS: limit('That fail, in 15 minutes'),
  LOGINS_PER_ACCOUNT: integer(10, 1, 1_000_000, 'That fail from one address, in 15 minutes'),
  REGISTRATIONS_PER_ADDRESS: limit('In an hour'),
  MAILS_PER_ADDRESS: limit('That it may have sent, in an hour'),
  MAILS_PER_ACCOUNT: integer(3, 1, 1_000_000, 'That one mail address gets, in an hour'),
  REQUESTS_AT_ONCE: integer(100, 1, 100_000, 'Of each kind in one process'),
  REQUESTS_WAITING: integer(1_000, 1, 100_000, 'Of each kind in one process; beyond it 503'),
  REQUEST_WAIT_MS: integer(500, 10, 60_000, 'Beyond it 503'),
  CROWD_SPREAD_MS: integer(2_000, 0, 10_000, 'That a crowd may be asked to spread over; 0: never'),
  DATABASE_POOL_SIZE: integer(10, 1, 1_000, 'MySQL connections of one process'),
  DATABASE_QUEUE_LIMIT: integer(500, 1, 100_000, 'Requests that may wait for a connection'),
  DATABASE_TIMEOUT_MS: integer(8_000, 100, 60_000, 'Wait for a connection, and for an answer'),
  REQUEST_TIMEOUT_MS: integer(15_000, 1_000, 300_000, 'For a request to arrive'),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
  }),
  FAILPOINT: Type.Optional(
    Type.String({
      pattern: `^(${FAILPOINTS.join('|')}):(kill|stop):[1-9]\\d*$`,
      description: `one of ${FAILPOINTS.join(', ')}, then :kill or :stop, then :<pass>`,
    }),
  ),
});

const environment = Compile(Environment);

/** Names of all settings, for the check of `.env.example`. */
export const settingNames: readonly string[] = Object.keys(Environment.properties);

/** A setting is wrong; the message has a line for each, with its name and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** As browsers write it: lower case, and no port where it is the usual one. */
const originOf = (url: string): string => new URL(url).origin;

/** Of few different characters, or one that stands in examples; never of random ones. */
const isGuessable = (secret: string): boolean =>
  secret !== '' &&
  (new Set(secret).size < 10 || /secret|change|example|doorbell|password/i.test(secret));

const listOf = (text: string): string[] => text.split(',').filter(Boolean);

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export type Config = ReturnType<typeof readConfig>;

/** The configuration of this process: its environment and, under it, a file `.env`. Throws ConfigError. */
export function loadConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readConfig(process.env);
}

/** Makes sense of the environment. Throws ConfigError that names every wrong value. */
export function readConfig(env: Record<string, string | undefined>) {
  const given = parseEnvironment(env);
  const publicUrl = given.PUBLIC_URL ?? `http://localhost:${given.PORT}`;
  const embedded = given.DATABASE_URL === undefined;
  const trustedProxies = given.TRUSTED_PROXIES === '' ? [] : given.TRUSTED_PROXIES.split(',');
  // In development and in tests one machine plays everybody.
  const addressLimitFactor = given.NODE_ENV === 'production' ? 1 : 1_000;
  const otherOrigins = listOf(given.ALLOWED_ORIGINS).map(originOf);
  const vapid = [given.VAPID_PUBLIC_KEY, given.VAPID_PRIVATE_KEY, given.VAPID_SUBJECT];
  const [publicKey, privateKey, subject] = vapid;
  refuse([
    ...trustedProxies.map(
      (proxy) =>
        !isTrustedProxy(proxy) &&
        `TRUSTED_PROXIES: ${JSON.stringify(proxy)} is not allowed; allowed: addresses and networks, ` +
          'separated by commas, such as 10.0.0.1,192.168.0.0/16,2001:db8::/32',
    ),
    !embedded &&
      !given.JWT_SECRET &&
      'JWT_SECRET is required with DATABASE_URL: at least 32 characters',
    given.NODE_ENV === 'production' &&
      !given.PUBLIC_URL &&
      'PUBLIC_URL is required in production: the address that browsers use',
    given.NODE_ENV === 'production' &&
      [given.JWT_SECRET ?? '', ...given.ACCEPTED_JWT_SECRETS.split(',')].some(isGuessable) &&
      'JWT_SECRET is one that somebody could guess; make one by: openssl rand -base64 32',
    given.NODE_ENV === 'production' &&
      given.FAILPOINT !== undefined &&
      'FAILPOINT is refused in production: it ends the process',
    given.NODE_ENV === 'production' &&
      given.PUSH_TO_LOOPBACK === 'on' &&
      'PUSH_TO_LOOPBACK is refused in production: users could have this machine call itself',
    vapid.some(Boolean) &&
      !vapid.every(Boolean) &&
      'VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY and VAPID_SUBJECT go together; make them by: npm run vapid',
    publicKey !== undefined &&
      privateKey !== undefined &&
      !isVapidPair(publicKey, privateKey) &&
      'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are not of one pair; make one by: npm run vapid',
    given.WORKERS > 1 &&
      (embedded || !given.REDIS_URL) &&
      `WORKERS=${given.WORKERS} needs DATABASE_URL and REDIS_URL: processes share nothing else`,
  ]);
  return {
    production: given.NODE_ENV === 'production',
    development: given.NODE_ENV === 'development',
    host: given.HOST,
    port: given.PORT,
    publicUrl,
    allowedOrigins: new Set([
      ...(given.PUBLIC_URL
        ? [originOf(publicUrl)]
        : LOOPBACK.map((host) => `http://${host}:${given.PORT}`)),
      ...otherOrigins,
    ]),
    /** Of pages from elsewhere. */
    corsOrigins: new Set(otherOrigins),
    trustedProxies,
    dataDir: given.DATA_DIR,
    webDir: given.WEB_DIR,
    databaseUrl: given.DATABASE_URL,
    redisUrl: given.REDIS_URL,
    redisPrefix: given.REDIS_PREFIX,
    workers: given.WORKERS,
    jwtSecret: given.JWT_SECRET,
    acceptedJwtSecrets: listOf(given.ACCEPTED_JWT_SECRETS),
    accessTokenSeconds: given.ACCESS_TOKEN_SECONDS,
    refreshTokenDays: given.REFRESH_TOKEN_DAYS,
    smtpUrl: given.SMTP_URL,
    mailFrom: given.MAIL_FROM,
    /** Undefined: there is no Web Push. */
    vapid: publicKey && privateKey && subject ? { publicKey, privateKey, subject } : undefined,
    pushDelay: given.PUSH_DELAY_MS,
    pushToLoopback: given.PUSH_TO_LOOPBACK === 'on',
    messagesToLoad: given.MESSAGES_TO_LOAD,
    maxUsersInRoom: given.MAX_USERS_IN_ROOM,
    presence: given.PRESENCE === 'on',
    typing: given.TYPING === 'on',
    presenceMaxMembers: given.PRESENCE_MAX_MEMBERS,
    heartbeatSeconds: given.HEARTBEAT_SECONDS,
    socketsPerUser: given.SOCKETS_PER_USER,
    commandsPerSecond: given.COMMANDS_PER_SECOND,
    addressLimitFactor,
    requestsPerAddress: given.REQUESTS_PER_ADDRESS ?? 5_000 * addressLimitFactor,
    requestsPerAccount: given.REQUESTS_PER_ACCOUNT ?? 1_000 * addressLimitFactor,
    loginsPerAddress: given.LOGINS_PER_ADDRESS ?? 100 * addressLimitFactor,
    loginsPerAccount: given.LOGINS_PER_ACCOUNT,
    registrationsPerAddress: given.REGISTRATIONS_PER_ADDRESS ?? 60 * addressLimitFactor,
    mailsPerAddress: given.MAILS_PER_ADDRESS ?? 30 * addressLimitFactor,
    mailsPerAccount: given.MAILS_PER_ACCOUNT,
    requestsAtOnce: given.REQUESTS_AT_ONCE,
    requestsWaiting: given.REQUESTS_WAITING,
    requestWait: given.REQUEST_WAIT_MS,
    crowdSpread: given.CROWD_SPREAD_MS,
    databasePoolSize: given.DATABASE_POOL_SIZE,
    databaseQueueLimit: given.DATABASE_QUEUE_LIMIT,
    databaseTimeout: given.DATABASE_TIMEOUT_MS,
    requestTimeout: given.REQUEST_TIMEOUT_MS,
    logLevel: given.LOG_LEVEL,
    failpoint: given.FAILPOINT,
  };
}

function parseEnvironment(env: Record<string, string | undefined>): Static<typeof Environment> {
  const given: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(Environment.properties)) {
    const { default: fallback, type } = schema as { default?: unknown; type?: string };
    const text = env[name] === '' ? undefined : env[name];
    const isNumber = type === 'integer' && text !== undefined && /^\d+$/.test(text);
    const value = isNumber ? Number(text) : (text ?? fallback);
    if (value !== undefined) given[name] = value;
  }
  refuse(
    environment.Errors(given).map(({ instancePath }) => describe(instancePath.slice(1), given)),
  );
  return given as Static<typeof Environment>;
}

const SECRETS = new Set([
  'JWT_SECRET',
  'ACCEPTED_JWT_SECRETS',
  'DATABASE_URL',
  'REDIS_URL',
  'SMTP_URL',
  'VAPID_PRIVATE_KEY',
]);

function describe(name: string, given: Record<string, unknown>): string {
  const schema = (Environment.properties as Record<string, object>)[name] as {
    enum?: string[];
    minimum?: number;
    maximum?: number;
    minLength?: number;
    pattern?: string;
    description?: string;
  };
  const allowed =
    schema.enum?.join(', ') ??
    (schema.minimum === undefined
      ? undefined
      : `a whole number from ${schema.minimum} to ${schema.maximum}`) ??
    (schema.pattern === undefined ? `at least ${schema.minLength} characters` : schema.description);
  const shown = SECRETS.has(name) ? 'its value' : JSON.stringify(given[name]);
  return `${name}: ${shown} is not allowed; allowed: ${allowed}`;
}

function refuse(complaints: readonly (string | false | undefined)[]): void {
  const wrong = [...new Set(complaints.filter((complaint) => typeof complaint === 'string'))];
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
}
