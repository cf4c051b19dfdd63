import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { type Process, startDoorbell, startProcess } from '../support/processes.ts';
import { startMariadb, startRedis } from '../support/servers.ts';
import { invent, signUp } from './accounts.ts';
import type { Bench, Rival, Target } from './measure.ts';
import type { Options } from './options.ts';
import { inventCrowd } from './rooms.ts';
import type { SocketIoOrder } from './socket-io-server.ts';

/** Connections to MariaDB: Doorbell's default. */
const POOL_SIZE = 10;
const DATABASE = 'doorbell';

/** Starts all that is measured or measures; what is started is added to `started`, which ends it. */
export async function setUp(dir: string, options: Options, started: AsyncDisposableStack) {
  // One after the other: the accounts of both at once would only share the processor.
  const embedded = await setUpEmbedded(join(dir, 'embedded'), options, started);
  const { target: mariadb, mariadbd } = await setUpMariadb(join(dir, 'mariadb'), options, started);
  const bench: Bench = {
    options,
    generator: startGenerator(started),
    bare: await setUpBare(options, started),
    peers: await setUpPeers(mariadbd, options, started),
    transactions: started.use(startProcess(import.meta.resolve('./raw-transactions.ts'))),
    errors: new Map(),
  };
  return { bench, targets: [embedded, mariadb] };
}

export const startGenerator = (started: AsyncDisposableStack): Process =>
  started.use(startProcess(import.meta.resolve('./generator.ts')));

async function setUpEmbedded(
  dir: string,
  options: Options,
  started: AsyncDisposableStack,
): Promise<Target> {
  mkdirSync(dir);
  const { port, pid } = started.use(await startDoorbell(dir, {}));
  return {
    name: 'embedded',
    port,
    talkers: await signUp(port, options),
    pids: { server: pid },
    store: { file: join(dir, 'doorbell.sqlite') },
    connections: 1,
  };
}

async function setUpMariadb(
  dir: string,
  options: Options,
  started: AsyncDisposableStack,
): Promise<{ target: Target; mariadbd: Mariadbd }> {
  mkdirSync(dir);
  const mariadb = await startMariadb({ dir, durable: true });
  started.defer(() => mariadb.stop());
  const redis = await startRedis({ dir });
  started.defer(() => redis.stop());
  const connection = await createConnection(mariadb.url);
  await connection.query(`CREATE DATABASE ${DATABASE}`);
  await connection.end();

  const server = await startDoorbell(dir, {
    DATABASE_URL: `${mariadb.url}${DATABASE}`,
    DATABASE_POOL_SIZE: String(POOL_SIZE),
    REDIS_URL: redis.url,
    JWT_SECRET: randomBytes(32).toString('base64url'),
  });
  const { port, pid } = started.use(server);
  const target: Target = {
    name: 'mariadb+redis',
    port,
    talkers: await signUp(port, options),
    pids: { server: pid, mariadbd: mariadb.pid, redis: redis.pid },
    store: { url: mariadb.url, database: DATABASE },
    connections: POOL_SIZE,
  };
  return { target, mariadbd: mariadb };
}

interface Mariadbd {
  url: string;
  pid: number;
}

async function setUpPeers(
  mariadbd: Mariadbd,
  options: Options,
  started: AsyncDisposableStack,
): Promise<Bench['peers']> {
  const crowd = options.rooms ? await inventCrowd() : undefined;
  const talkers = crowd?.talkers ?? invent(options);
  const rooms = Object.values(crowd?.rooms ?? {}).flat();
  const start = async (order: SocketIoOrder): Promise<Rival> => {
    const server = started.use(startProcess(import.meta.resolve('./socket-io-server.ts')));
    const { port } = await server.ask<{ port: number }>(order);
    return { port, pid: server.pid, talkers };
  };
  const database = { url: `${mariadbd.url}${DATABASE}`, connections: POOL_SIZE };
  return {
    socketIo: await start({ talkers, rooms }),
    withInsert: { ...(await start({ talkers, rooms, database })), mariadbd: mariadbd.pid },
  };
}

async function setUpBare(options: Options, started: AsyncDisposableStack): Promise<Bench['bare']> {
  const talkers = invent(options);
  const server = started.use(startProcess(import.meta.resolve('./bare-server.ts')));
  const { port } = await server.ask<{ port: number }>(talkers);
  return { port, pid: server.pid, talkers };
}
