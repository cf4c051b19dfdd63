import { promises as fs } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './database.ts';
import { isDuplicateKey, isRetryable, isUnavailable } from './dialect.ts';
import type { Logger } from './logger.ts';

const migrationFolder = path.join(import.meta.dirname, '../../migrations');
const MAX_ATTEMPTS = 5;
const RETRY_INTERVAL = 1_000;
/** Milliseconds for one statement of a migration: an index over many millions of rows takes a while. */
const STATEMENT_TIMEOUT = 3_600_000;

/**
 * Brings the tables to what this version needs and returns the names of the migrations that ran.
 * Several processes may call it at once: one of them works, the others wait.
 */
export async function migrate(db: Database): Promise<string[]> {
  const provider = new FileMigrationProvider({ fs, path, migrationFolder });
  for (let attempt = 1; ; attempt += 1) {
    const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
    if (error === undefined) return results.map((result) => result.migrationName);
    // SQLite has no lock for this; whoever came second was undone and finds the work done.
    const cameSecond = isDuplicateKey(error) || isRetryable(error);
    if (attempt === MAX_ATTEMPTS || !cameSecond) throw error;
    await sleep(50 * attempt);
  }
}

/**
 * Migrates at start, and goes on trying while the database is away, so that a server that was
 * started first needs no restart. `firstAttempt` settles when it is known how things stand.
 */
export function keepMigrating(config: Config, log: Logger) {
  let migrated = false;
  const attempt = async (): Promise<void> => {
    const db = await openDatabase(config, { queryTimeout: STATEMENT_TIMEOUT });
    try {
      const names = await migrate(db);
      if (names.length > 0) log.info({ migrations: names }, 'migrated');
      migrated = true;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      log.warn({ err: error }, 'the database is away; trying again');
    } finally {
      await db.destroy();
    }
  };
  const firstAttempt = attempt();
  const goOn = async (): Promise<void> => {
    while (!migrated) {
      await sleep(RETRY_INTERVAL, undefined, { ref: false });
      await attempt();
    }
  };
  // Whoever awaits the first attempt hears of its failure; one later on ends the process.
  void firstAttempt.then(goOn, () => {});
  return { isMigrated: () => migrated, firstAttempt };
}
