import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { type Doorbell, startDoorbell } from '../support/processes.ts';
import { startMariadb, startRedis } from '../support/servers.ts';
import { openRoom, signUp } from './accounts.ts';

/** Members of the room, the first of whom talks and does not listen. */
export const HERD_SIZE = 1_000;
/** Pairs who talk meanwhile, and hear nothing of the room. */
const PAIRS = 10;

/** A store with its accounts, and one way to run a server over it. */
export interface Herd {
  name: string;
  start(): Promise<Doorbell>;
  /** Access tokens: of the room's members, and then of the pairs. */
  tokens: readonly string[];
  room: string;
  /** Their conversations, each with the token of who talks in it. */
  pairs: readonly { id: string; token: string }[];
}

/** Each store twice: with what the server says of spreading, and without. */
export async function setUpHerds(dir: string, started: AsyncDisposableStack): Promise<Herd[]> {
  const embedded = await herdsOf('embedded', folder(dir, 'embedded'), {});
  const place = folder(dir, 'mariadb');
  const mariadb = await startMariadb({ dir: place, durable: true });
  started.defer(() => mariadb.stop());
  const redis = await startRedis({ dir: place });
  started.defer(() => redis.stop());
  const connection = await createConnection(mariadb.url);
  await connection.query('CREATE DATABASE doorbell');
  await connection.end();
  const settings = {
    DATABASE_URL: `${mariadb.url}doorbell`,
    REDIS_URL: redis.url,
    JWT_SECRET: randomBytes(32).toString('base64url'),
  };
  return [...embedded, ...(await herdsOf('mariadb', place, settings))];
}

function folder(dir: string, name: string): string {
  const path = join(dir, name);
  mkdirSync(path);
  return path;
}

async function herdsOf(
  name: string,
  dir: string,
  settings: Record<string, string>,
): Promise<Herd[]> {
  const members = await signUpAll(dir, settings);
  const herd = (spread: string, more: Record<string, string>): Herd => ({
    name: `${name}, ${spread}`,
    start: () => startDoorbell(dir, { ...settings, ...more, LOG_LEVEL: 'error' }),
    ...members,
  });
  return [herd('unspread', { CROWD_SPREAD_MS: '0' }), herd('spread', {})];
}

async function signUpAll(dir: string, settings: Record<string, string>) {
  await using server = await startDoorbell(dir, settings);
  const users = HERD_SIZE + 2 * PAIRS;
  const { users: tokens } = await signUp(server.port, { users, conversations: 0 });
  const indexes = tokens.map((_, index) => index);
  const room = await openRoom(server.port, tokens, indexes.slice(0, HERD_SIZE));
  const pairs: Herd['pairs'][number][] = [];
  for (let one = HERD_SIZE; one < users; one += 2) {
    const id = await openRoom(server.port, tokens, [one, one + 1]);
    pairs.push({ id, token: tokens[one] ?? '' });
  }
  return { tokens, room, pairs };
}
