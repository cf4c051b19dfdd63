import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { type Doorbell, type Process, startDoorbell, startProcess } from '../support/processes.ts';
import { startMariadb, startRedis } from '../support/servers.ts';
import { openRoom, signUp } from './accounts.ts';
import type { HerdOrder } from './herd-members.ts';

/** Members of the room, the first of whom talks and does not listen. */
export const HERD_SIZE = 1_000;
/** Processes that the members are in. */
export const HERD_PROCESSES = 2;
/** Pairs who talk meanwhile, and hear nothing of the room. */
const PAIRS = 10;

/** Where somebody posts, and by which access token. */
export interface Place {
  id: string;
  token: string;
}

/** A server and a thousand members who listen to it. */
export interface Herd {
  server: Doorbell;
  members: readonly Process[];
  room: Place;
  pairs: readonly Place[];
}

/** What the measure is taken of by turns, over stores of one kind: with what the server says of spreading, and without. */
export interface Herds {
  name: string;
  ways: Record<'unspread' | 'spread', Herd>;
}

export async function setUpHerds(dir: string, started: AsyncDisposableStack): Promise<Herds[]> {
  const mariadb = await startMariadb({ dir: folder(dir, 'mariadb'), durable: true });
  started.defer(() => mariadb.stop());
  const redis = await startRedis({ dir: folder(dir, 'redis') });
  started.defer(() => redis.stop());
  const shared = { REDIS_URL: redis.url, JWT_SECRET: randomBytes(32).toString('base64url') };
  const inMariadb = async (name: string, settings: Record<string, string>) => {
    await createDatabase(mariadb.url, name);
    const own = { DATABASE_URL: mariadb.url + name, REDIS_PREFIX: name };
    return setUpHerd(folder(dir, name), { ...shared, ...own, ...settings }, started);
  };
  return [
    {
      name: 'embedded',
      ways: {
        unspread: await setUpHerd(folder(dir, 'embedded-unspread'), UNSPREAD, started),
        spread: await setUpHerd(folder(dir, 'embedded-spread'), {}, started),
      },
    },
    {
      name: 'mariadb+redis',
      ways: {
        unspread: await inMariadb('unspread', UNSPREAD),
        spread: await inMariadb('spread', {}),
      },
    },
  ];
}

const UNSPREAD = { CROWD_SPREAD_MS: '0' };

function folder(dir: string, name: string): string {
  const path = join(dir, name);
  mkdirSync(path);
  return path;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const connection = await createConnection(url);
  await connection.query(`CREATE DATABASE ${name}`);
  await connection.end();
}

async function setUpHerd(
  dir: string,
  settings: Record<string, string>,
  started: AsyncDisposableStack,
): Promise<Herd> {
  const server = started.use(await startDoorbell(dir, { ...settings, LOG_LEVEL: 'error' }));
  const { port } = server;
  const users = HERD_SIZE + 2 * PAIRS;
  const { users: tokens } = await signUp(port, { users, conversations: 0 });
  const indexes = tokens.map((_, index) => index);
  const id = await openRoom(port, tokens, indexes.slice(0, HERD_SIZE));
  const pairs: Place[] = [];
  for (let one = HERD_SIZE; one < users; one += 2) {
    pairs.push({ id: await openRoom(port, tokens, [one, one + 1]), token: tokens[one] ?? '' });
  }
  const members = Array.from({ length: HERD_PROCESSES }, () =>
    started.use(startProcess(import.meta.resolve('./herd-members.ts'))),
  );
  const listening = tokens.slice(1, HERD_SIZE);
  await Promise.all(
    members.map((member, process) => {
      const own = listening.filter((_, index) => index % HERD_PROCESSES === process);
      const order: HerdOrder = { do: 'open', port, room: id, size: HERD_SIZE, tokens: own };
      return member.ask(order);
    }),
  );
  return { server, members, room: { id, token: tokens[0] ?? '' }, pairs };
}
