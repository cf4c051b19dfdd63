import cluster from 'node:cluster';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from './app.ts';
import { type Bus, inProcessBus } from './core/bus.ts';
import { type Config, ConfigError, loadConfig } from './core/config.ts';
import { openDatabase } from './core/database.ts';
import { armFailpoint } from './core/failpoints.ts';
import { jwtSecrets } from './core/jwt-secret.ts';
import { listen } from './core/listen.ts';
import { createLogger, type Logger } from './core/logger.ts';
import { keepMigrating } from './core/migrate.ts';
import { onShutdown } from './core/shutdown.ts';
import { trimMemoryOnceIdle } from './core/trim-memory.ts';
import { runWorkers } from './core/workers.ts';

/** Connections that may wait to be accepted when all clients return at once; the system's own limit holds as well. */
const BACKLOG = 4_096;
/** Milliseconds for a goodbye to the database. */
const DISCONNECT_TIMEOUT = 1_000;
/** Milliseconds from which a statement is worth a line in the log, without its values. */
const SLOW_STATEMENT = 500;

const config = configOrExit();
const log = createLogger(config.logLevel);
if (config.workers > 1 && cluster.isPrimary) runWorkers(config.workers, log);
else await serve(config, log);

async function serve(config: Config, log: Logger): Promise<void> {
  if (config.failpoint) {
    log.warn({ failpoint: config.failpoint }, 'this process is going to end itself');
    armFailpoint(config.failpoint);
  }
  const db = await openDatabase(config, {
    onStatement: ({ sql, milliseconds }) => {
      if (milliseconds > SLOW_STATEMENT) log.warn({ sql, milliseconds }, 'slow statement');
    },
  });
  const bus = await openBus(config, log);
  const { isMigrated, firstAttempt } = keepMigrating(config, log);
  const app = await buildApp({ config, jwtSecrets: jwtSecrets(config), db, bus, log, isMigrated });
  onShutdown(log, async () => {
    await app.close();
    await bus.close();
    // It waits for a connection that is being made, perhaps to nowhere.
    await Promise.race([db.destroy(), sleep(DISCONNECT_TIMEOUT, undefined, { ref: false })]);
  });
  const giveUp = (message: string) => (error: unknown) => {
    log.fatal({ err: error }, message);
    process.exit(1);
  };
  await firstAttempt.catch(giveUp('cannot make the tables; see DATABASE_URL and DATA_DIR'));
  await listen(app, { host: config.host, port: config.port, backlog: BACKLOG }).catch(
    giveUp(`cannot listen on ${config.host}, port ${config.port}; see HOST and PORT`),
  );
  trimMemoryOnceIdle();
  if (config.development) welcome(config, app.server.address(), isMigrated());
}

/** Through Redis only for who has one: its driver takes ten megabytes. */
async function openBus({ redisUrl: url, redisPrefix: prefix }: Config, log: Logger): Promise<Bus> {
  if (!url) return inProcessBus();
  const { redisBus } = await import('./core/redis-bus.ts');
  return redisBus({ url, prefix, log });
}

function configOrExit(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`Wrong settings; see .env.example.\n${error.message}\n`);
    process.exit(1);
  }
}

function welcome(
  { databaseUrl, dataDir }: Config,
  address: AddressInfo | string | null,
  isReady: boolean,
): void {
  const origin = typeof address === 'object' ? `http://localhost:${address?.port}` : address;
  const store = databaseUrl ? 'the database of DATABASE_URL' : `SQLite in ${dataDir}`;
  const headline = isReady
    ? `Doorbell is up, storing in ${store}.`
    : 'Doorbell listens, and answers 503 until the database of DATABASE_URL is there.';
  process.stdout.write(
    `\n${headline}\n` +
      `  ${origin}               the web front end\n` +
      `  ${origin}/docs          the API, to browse and try\n` +
      `  ${origin}/health/ready  how it is\n` +
      '  npm run seed -- --users 50 --messages 10000  some talk to look at\n\n',
  );
}
