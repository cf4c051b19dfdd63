import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { type Server, startMariadb, startRedis } from '../support/servers.ts';
import type { Stage } from './stage.ts';

/** MariaDB and Redis, for all who share a stage. */
export interface Stores {
  mariadb: Server;
  redis: Server;
  pids: { mariadbd: number; redis: number };
  /** Makes a database; resolves to the settings of a Doorbell over it, of any number of processes. */
  create(database: string): Promise<Record<string, string>>;
}

export async function startStores({ dir, started }: Stage): Promise<Stores> {
  const place = { dir: makeFolder(dir, 'stores') };
  const mariadb = await startMariadb({ ...place, durable: true });
  started.defer(() => mariadb.stop());
  const redis = await startRedis(place);
  started.defer(() => redis.stop());
  return {
    mariadb,
    redis,
    pids: { mariadbd: mariadb.pid, redis: redis.pid },
    async create(database) {
      const connection = await createConnection(mariadb.url);
      await connection.query(`CREATE DATABASE ${database}`);
      await connection.end();
      return {
        DATABASE_URL: `${mariadb.url}${database}`,
        REDIS_URL: redis.url,
        REDIS_PREFIX: database,
        JWT_SECRET: randomBytes(32).toString('base64url'),
      };
    },
  };
}

export function makeFolder(dir: string, name: string): string {
  const path = join(dir, name);
  mkdirSync(path);
  return path;
}
