import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signUp } from './accounts.ts';
import { TEXT } from './conversation.ts';
import { inBatches } from './in-batches.ts';
import { indexAll } from './index-all.ts';
import { startInstallation } from './installation.ts';
import type { Column } from './scenario.ts';
import type { Stage } from './stage.ts';
import { makeFolder, startStores } from './stores.ts';
import type { Talkers } from './talk.ts';
import { severalName } from './target.ts';

/**
 * Those who read: the same at all sizes, with the same conversations of the same length, and the newest of the store.
 * All else in it is others' talk, so that nothing differs but the size.
 */
const READERS = { users: 20, conversations: 100 };
/** Messages of each of their conversations: two pages and some. */
const EACH = 40;
const AT_ONCE = 50;
const EMBEDDED = 'embedded';
const MARIADB = 'mariadb+redis';
/** Others' conversations for each of their messages, and at least so many. */
const CONVERSATIONS = 0.001;
const FEWEST_CONVERSATIONS = 100;

/** A store of so many messages. */
interface Filled {
  size: number;
  dir: string;
  settings: Record<string, string>;
  readers: Talkers;
}

/** … with a server over it. */
export interface Library extends Filled {
  port: number;
  pids: Record<string, number>;
}

/** One kind of store, in several sizes. */
export interface Shelf extends Column {
  libraries: readonly Library[];
}

export async function setUpShelves(stage: Stage): Promise<Shelf[]> {
  const { sizes, processes, only = '' } = stage.options;
  const stores = await startStores(stage);
  const embedded: Filled[] = [];
  // To fill a large one takes a quarter of an hour: not for nothing.
  for (const size of only.startsWith(MARIADB) ? [] : sizes)
    embedded.push(await fill(stage, EMBEDDED, size, {}));
  const mariadb: Filled[] = [];
  for (const size of only === EMBEDDED ? [] : sizes) {
    const settings = await stores.create(`history_${size}`);
    mariadb.push(await fill(stage, 'mariadb', size, settings));
  }
  const over = async (all: readonly Filled[], others: Record<string, number>, many = 1) => {
    const libraries: Library[] = [];
    for (const filled of all) libraries.push(await open(stage, filled, others, many));
    return libraries;
  };
  const shelves: Shelf[] = [
    { name: EMBEDDED, libraries: await over(embedded, {}) },
    { name: MARIADB, libraries: await over(mariadb, stores.pids) },
  ];
  if (processes === 1) return shelves;
  const libraries = await over(mariadb, stores.pids, processes);
  return [...shelves, { name: severalName(processes), one: MARIADB, libraries }];
}

async function open(
  { started }: Stage,
  filled: Filled,
  others: Record<string, number>,
  processes: number,
): Promise<Library> {
  const server = await startInstallation(filled.dir, filled.settings, processes);
  const { port, pids } = started.use(server);
  return { ...filled, port, pids: { ...pids, ...others } };
}

async function fill(
  { dir, progress }: Stage,
  kind: string,
  size: number,
  settings: Record<string, string>,
): Promise<Filled> {
  progress(`${kind}: filling a store with ${size.toLocaleString('en')} messages`);
  const place = makeFolder(dir, `${kind}-${size}`);
  await seed(place, size, settings);
  const readers = await talkAmongReaders(place, settings);
  await indexAll({ DATA_DIR: place, ...settings });
  return { size, dir: place, settings, readers };
}

/** As `npm run seed` does. */
async function seed(dir: string, size: number, settings: Record<string, string>): Promise<void> {
  const conversations = Math.max(FEWEST_CONVERSATIONS, Math.round(size * CONVERSATIONS));
  const script = join(import.meta.dirname, '../seed.ts');
  const args = [script, '--users', '1000', '--conversations', String(conversations)];
  await promisify(execFile)(process.execPath, [...args, '--messages', String(size)], {
    cwd: dir,
    env: { PATH: process.env['PATH'], DATA_DIR: dir, ...settings },
  });
}

async function talkAmongReaders(dir: string, settings: Record<string, string>): Promise<Talkers> {
  await using server = await startInstallation(dir, settings);
  const readers = await signUp(server.port, READERS);
  const posts = readers.conversations.flatMap((conversation) => Array(EACH).fill(conversation));
  await inBatches<Talkers['conversations'][number], void>(posts, AT_ONCE, async (one, index) => {
    const response = await fetch(
      `http://127.0.0.1:${server.port}/api/v1/conversations/${one.id}/messages`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${readers.users[one.users[index % 2 === 0 ? 0 : 1]]}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ body: `${index} ${TEXT}` }),
      },
    );
    if (response.status !== 201) throw new Error(`POST was answered ${response.status}`);
  });
  return readers;
}
