import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';

export type StoreName = 'sqlite' | 'mysql';
export const storeNames: readonly StoreName[] = ['sqlite', 'mysql'];
export type BusName = 'in process' | 'redis';

/** What can be told to end with a test. */
export interface Scope {
  teardown(work: () => unknown): unknown;
}

/** The address of a real server that scripts/services.ts has started. */
function serverUrl(name: 'TEST_MYSQL_URL' | 'TEST_REDIS_URL'): string {
  const url = process.env[name];
  if (url === undefined)
    throw new Error(`${name} is not set; run tests by npm test, or under scripts/services.ts`);
  return url;
}

export const redisUrl = (): string => serverUrl('TEST_REDIS_URL');

/** Environment variables that name an empty store of its own, which goes when the test ends. */
export async function emptyStore(t: Scope, store: StoreName): Promise<Record<string, string>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'doorbell-test-'));
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }));
  const common = { DATA_DIR: dataDir, JWT_SECRET: randomBytes(32).toString('hex') };
  if (store === 'sqlite') return common;
  const name = `doorbell_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl('TEST_MYSQL_URL'));
  await administer(url, `create database ${name}`);
  t.teardown(() => administer(url, `drop database ${name}`));
  url.pathname = `/${name}`;
  return { ...common, DATABASE_URL: url.href };
}

async function administer(url: URL, statement: string): Promise<void> {
  const connection = await createConnection(url.href);
  await connection.query(statement);
  await connection.end();
}
