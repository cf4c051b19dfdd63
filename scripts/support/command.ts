import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '../../src/core/config.ts';
import { type Database, openDatabase } from '../../src/core/database.ts';
import { isUnavailable } from '../../src/core/dialect.ts';
import { ProblemError } from '../../src/core/problems.ts';

/** Milliseconds for one statement: what a command does at once may be large. */
const STATEMENT_TIMEOUT = 3_600_000;

/** What was asked for cannot be done; the message is for the person who asked. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Runs a command over the store that the environment and `.env` name, and closes it afterwards.
 * `readOptions` comes first, so that --help needs no settings; it returns undefined when all is
 * said. Whatever goes wrong ends as one line and exit code 1.
 */
export async function runCommand<T>(
  readOptions: () => T | undefined,
  work: (db: Database, options: T) => Promise<void>,
): Promise<void> {
  try {
    const options = readOptions();
    if (options === undefined) return;
    const db = await openDatabase(loadConfig(), { queryTimeout: STATEMENT_TIMEOUT });
    await work(db, options).finally(() => db.destroy());
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** `parseArgs` with complaints for people. */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: T,
) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    const [complaint] = (error as Error).message.split(/\.\s/);
    throw new CommandError(`${complaint}; see --help`);
  }
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  // A refused connection to a name with several addresses has no message of its own.
  const text = (message || code || String(error)).trim().replaceAll('\n', '; ');
  if (error instanceof ConfigError) return `Wrong settings; see .env.example: ${text}`;
  if (error instanceof CommandError || error instanceof ProblemError) return text;
  if (isUnavailable(error)) return `The database is away or busy: ${text}`;
  return `It did not work: ${text}`;
}
