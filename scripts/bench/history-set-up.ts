import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { startDoorbell } from '../support/processes.ts';
import { type Server, startMariadb, startRedis } from '../support/servers.ts';
import { signUp } from './accounts.ts';
import { TEXT } from './conversation.ts';
import { inBatches } from './in-batches.ts';
import { indexAll } from './index-all.ts';
import type { Talkers } from './talk.ts';

/** Those who read: the same at all sizes, with the same conversations, and the newest messages of the store. */
const READERS = { users: 20, conversations: 100 };
/** Messages of each of their conversations: two pages and some. */
const EACH = 40;
const AT_ONCE = 50;

/** A store of so many messages with a server over it. */
export interface Library {
  size: number;
  port: number;
  pids: Record<string, number>;
  readers: Talkers;
}

/** One kind of store, in several sizes. */
export interface Shelf {
  name: string;
  libraries: readonly Library[];
}

export async function setUpHistory(
  dir: string,
  sizes: readonly number[],
  started: AsyncDisposableStack,
  progress: (text: string) => void,
): Promise<Shelf[]> {
  const mariadb = await startMariadb({ dir, durable: true });
  started.defer(() => mariadb.stop());
  const redis = await startRedis({ dir });
  started.defer(() => redis.stop());
  const shelves: Shelf[] = [];
  for (const name of ['embedded', 'mariadb+redis']) {
    const libraries: Library[] = [];
    for (const size of sizes) {
      progress(`${name}: filling a store with ${size.toLocaleString('en')} messages`);
      const place = join(dir, `${name}-${size}`);
      mkdirSync(place);
      const isEmbedded = name === 'embedded';
      const settings = isEmbedded ? {} : await settingsOf({ mariadb, redis }, size);
      const pids = isEmbedded ? {} : { mariadbd: mariadb.pid, redis: redis.pid };
      libraries.push({ ...(await fill(place, size, settings, started, pids)), size });
    }
    shelves.push({ name, libraries });
  }
  return shelves;
}

async function settingsOf({ mariadb, redis }: { mariadb: Server; redis: Server }, size: number) {
  const database = `history_${size}`;
  const connection = await createConnection(mariadb.url);
  await connection.query(`CREATE DATABASE ${database}`);
  await connection.end();
  return {
    DATABASE_URL: `${mariadb.url}${database}`,
    REDIS_URL: redis.url,
    REDIS_PREFIX: database,
    JWT_SECRET: randomBytes(32).toString('base64url'),
  };
}

async function fill(
  dir: string,
  size: number,
  settings: Record<string, string>,
  started: AsyncDisposableStack,
  others: Record<string, number>,
): Promise<Omit<Library, 'size'>> {
  await seed(dir, size, settings);
  await indexAll({ DATA_DIR: dir, ...settings });
  const { port, pid } = started.use(await startDoorbell(dir, settings));
  const readers = await signUp(port, READERS);
  await talk(port, readers);
  await indexAll({ DATA_DIR: dir, ...settings });
  return { port, pids: { server: pid, ...others }, readers };
}

const THOUSANDTH = 0.001;

async function seed(dir: string, size: number, settings: Record<string, string>): Promise<void> {
  const conversations = Math.max(100, Math.round(size * THOUSANDTH));
  const script = join(import.meta.dirname, '../seed.ts');
  const args = [script, '--users', '1000', '--conversations', String(conversations)];
  await promisify(execFile)(process.execPath, [...args, '--messages', String(size)], {
    cwd: dir,
    env: { PATH: process.env['PATH'], DATA_DIR: dir, ...settings },
  });
}

async function talk(port: number, { users, conversations }: Talkers): Promise<void> {
  const posts = conversations.flatMap((conversation) => Array(EACH).fill(conversation));
  await inBatches<Talkers['conversations'][number], void>(posts, AT_ONCE, async (one, index) => {
    const response = await fetch(
      `http://127.0.0.1:${port}/api/v1/conversations/${one.id}/messages`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${users[one.users[index % 2 === 0 ? 0 : 1]]}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ body: `${index} ${TEXT}` }),
      },
    );
    if (response.status !== 201) throw new Error(`POST was answered ${response.status}`);
  });
}
