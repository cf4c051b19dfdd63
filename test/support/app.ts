import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { inProcessBus } from '../../src/core/bus.ts';
import { readConfig } from '../../src/core/config.ts';
import { type Database, openDatabase, type Statement } from '../../src/core/database.ts';
import { jwtSecrets } from '../../src/core/jwt-secret.ts';
import { migrate } from '../../src/core/migrate.ts';
import { redisBus } from '../../src/core/redis-bus.ts';
import { type BusName, emptyStore, redisUrl, type Scope, type StoreName } from './databases.ts';
import { type Api, api } from './http.ts';
import { requireNoLeak } from './recorder.ts';

export interface AppOptions {
  store?: StoreName;
  bus?: BusName;
  /** Further settings. */
  env?: Record<string, string>;
  onStatement?: (statement: Statement) => void;
}

export interface TestApp extends Api {
  db: Database;
  /** Of the settings that it runs with, to start another process on the same store. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/**
 * A whole server in this process, listening on a free port over a store of its own; closed when
 * the test ends, which then fails if any socket ever received a body.
 */
export async function startApp(t: Scope, options: AppOptions = {}): Promise<TestApp> {
  const env = {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'fatal',
    ...(await emptyStore(t, options.store ?? 'sqlite')),
    ...(options.bus === 'redis'
      ? { REDIS_URL: redisUrl(), REDIS_PREFIX: randomBytes(6).toString('hex') }
      : {}),
    ...options.env,
  };
  const config = readConfig(env);
  const log = pino({ level: config.logLevel });
  const db = await openDatabase(
    config,
    options.onStatement ? { onStatement: options.onStatement } : {},
  );
  const bus = config.redisUrl
    ? redisBus({ url: config.redisUrl, prefix: config.redisPrefix, log })
    : inProcessBus();
  await migrate(db);
  const app = await buildApp({
    config,
    jwtSecrets: jwtSecrets(config),
    db,
    bus,
    log,
    isMigrated: () => true,
  });
  const url = await app.listen({ host: config.host, port: config.port });

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= app.close().then(async () => {
      await bus.close();
      await db.destroy();
    });
    return closed;
  };
  t.teardown(async () => {
    await close();
    requireNoLeak();
  });
  return { ...api(url), db, env, close };
}
