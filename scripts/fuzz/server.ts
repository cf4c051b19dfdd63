import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startDoorbell } from '../support/processes.ts';
import { startMariadb, startRedis } from '../support/servers.ts';
import { createDatabase } from '../verify/topologies/database.ts';

/** What a run of this size would run into is set otherwise than by default, and no more. */
export const SETTINGS = {
  COMMANDS_PER_SECOND: '100000',
  // A request that stalls is given up while somebody waits for that.
  REQUEST_TIMEOUT_MS: '2000',
};

type Settings = Record<string, string>;

/** Each starts what it needs in the folder, and says by which settings it is found. */
export const stores = {
  sqlite: async (): Promise<Settings> => ({}),
  async mysql(dir: string, started: AsyncDisposableStack): Promise<Settings> {
    const mariadb = await startMariadb({ dir: join(dir, 'mariadb') });
    started.defer(() => mariadb.stop());
    const redis = await startRedis({ dir: join(dir, 'redis') });
    started.defer(() => redis.stop());
    await createDatabase(mariadb.url);
    const url = Object.assign(new URL('doorbell', mariadb.url), {
      username: 'doorbell',
      password: 'doorbell',
    });
    return { DATABASE_URL: url.href, REDIS_URL: redis.url.replace(/\/$/, '') };
  },
} satisfies Record<string, (dir: string, started: AsyncDisposableStack) => Promise<Settings>>;

export type StoreName = keyof typeof stores;

export interface FuzzedServer extends AsyncDisposable {
  url: string;
  pid: number;
  isRunning(): boolean;
  /** All that it wrote. */
  log(): string;
  /** Makes an admin of somebody. */
  promote(username: string): Promise<void>;
}

const CREATE_ADMIN = fileURLToPath(import.meta.resolve('../create-admin.ts'));

export async function startServer(dir: string, store: StoreName): Promise<FuzzedServer> {
  await using started = new AsyncDisposableStack();
  const settings = {
    ...SETTINGS,
    ...(await stores[store](dir, started)),
    JWT_SECRET: randomBytes(32).toString('hex'),
  };
  const path = join(dir, 'doorbell.log');
  const output = started.adopt(await open(path, 'a'), (file) => file.close());
  const server = started.use(await startDoorbell(dir, settings, [], output.fd));
  const all = started.move();
  return {
    url: `http://127.0.0.1:${server.port}`,
    pid: server.pid,
    isRunning: server.isRunning,
    log: () => readFileSync(path, 'utf8'),
    async promote(username) {
      const args = [CREATE_ADMIN, '--username', username, '--promote'];
      const env = { PATH: process.env['PATH'], DATA_DIR: dir, ...settings };
      await promisify(execFile)(process.execPath, args, { cwd: dir, env });
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
