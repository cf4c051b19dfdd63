import { promises as fs } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';
import { isUnavailable } from './dialect.ts';
import type { Logger } from './logger.ts';

const migrationFolder = path.join(import.meta.dirname, '../../migrations');
const RETRY_INTERVAL = 1_000;

/**
 * Brings the tables to what this version needs and returns the names of the migrations that ran.
 * Several processes may call it at once: the database's lock lets one of them work.
 */
export async function migrate(db: Database): Promise<string[]> {
  const provider = new FileMigrationProvider({ fs, path, migrationFolder });
  const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
  return results.map((result) => result.migrationName);
}

/**
 * Migrates at start, and goes on trying while the database is away, so that a server that was
 * started first needs no restart. `firstAttempt` settles when it is known how things stand.
 */
export function keepMigrating(db: Database, log: Logger) {
  let migrated = false;
  const attempt = async (): Promise<void> => {
    try {
      const names = await migrate(db);
      if (names.length > 0) log.info({ migrations: names }, 'migrated');
      migrated = true;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      log.warn({ err: error }, 'the database is away; trying again');
    }
  };
  const firstAttempt = attempt();
  void firstAttempt.then(async () => {
    while (!migrated) {
      await sleep(RETRY_INTERVAL, undefined, { ref: false });
      await attempt();
    }
  });
  return { isMigrated: () => migrated, firstAttempt };
}
