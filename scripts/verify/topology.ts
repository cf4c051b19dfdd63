import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../support/free-port.ts';
import { type Doorbell, startDoorbell } from '../support/processes.ts';
import { type Server, startMariadb, startRedis } from '../support/servers.ts';

/** An installation that this program has started itself, and may break. */
export interface Topology extends AsyncDisposable {
  /** Of each process of the server. */
  urls: readonly string[];
  /** By name; each resolves when what it broke is whole again. */
  faults: Readonly<Record<string, () => Promise<void>>>;
}

/** How long a stopped process stays stopped, in milliseconds: longer than the waits that are to notice it. */
const PAUSE = 3_000;

export const topologies: Record<string, (dir: string) => Promise<Topology>> = { embedded, pair };

/** One process over SQLite. */
async function embedded(dir: string): Promise<Topology> {
  const server = await replaceable(dir, {});
  return {
    urls: [server.url],
    faults: {
      'kill -9 and restart': () => server.restart('SIGKILL'),
      'SIGTERM and restart': () => server.restart('SIGTERM'),
      'SIGSTOP for some seconds': () => pause(server.pid()),
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Two processes over one MariaDB, which loses nothing when it is killed, and one Redis. */
async function pair(dir: string): Promise<Topology> {
  await using started = new AsyncDisposableStack();
  const place = { dir: join(dir, 'servers'), port: await freePort() };
  const mariadb = await replaceableServer(() => startMariadb({ ...place, durable: true }));
  started.use(mariadb);
  const redisPlace = { dir: place.dir, port: await freePort() };
  const redis = started.use(await replaceableServer(() => startRedis(redisPlace)));
  const connection = await createConnection(mariadb.url());
  await connection.query('CREATE DATABASE doorbell');
  await connection.end();

  const settings = {
    DATABASE_URL: `${mariadb.url()}doorbell`,
    REDIS_URL: redis.url(),
    JWT_SECRET: randomBytes(32).toString('hex'),
    DATABASE_TIMEOUT_MS: '2000',
  };
  const one = started.use(await replaceable(join(dir, 'one'), settings));
  const two = started.use(await replaceable(join(dir, 'two'), settings));
  const all = started.move();
  return {
    urls: [one.url, two.url],
    faults: {
      'kill -9 of a process and restart': () => one.restart('SIGKILL'),
      'SIGTERM of a process and restart': () => two.restart('SIGTERM'),
      'SIGSTOP of a process': () => pause(one.pid()),
      'kill -9 of MariaDB and restart': () => mariadb.restart('SIGKILL'),
      'SIGSTOP of MariaDB': () => pause(mariadb.pid()),
      'kill -9 of Redis and restart': () => redis.restart('SIGKILL'),
      'SIGSTOP of Redis': () => pause(redis.pid()),
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function pause(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await sleep(PAUSE);
  process.kill(pid, 'SIGCONT');
}

/** A process of Doorbell that comes back at the same address. */
async function replaceable(dir: string, settings: Record<string, string>) {
  mkdirSync(dir, { recursive: true });
  // What it says while it is being broken is of no interest.
  const all = { ...settings, LOG_LEVEL: 'fatal', PORT: String(await freePort()) };
  let server: Doorbell = await startDoorbell(dir, all);
  return {
    url: `http://127.0.0.1:${server.port}`,
    pid: () => server.pid,
    async restart(signal: NodeJS.Signals): Promise<void> {
      process.kill(server.pid, signal);
      await server[Symbol.asyncDispose]();
      server = await startDoorbell(dir, all);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A database or a Redis that comes back at the same address, with what it had stored. */
async function replaceableServer(start: () => Promise<Server>) {
  let server = await start();
  return {
    url: () => server.url,
    pid: () => server.pid,
    async restart(signal: NodeJS.Signals): Promise<void> {
      process.kill(server.pid, signal);
      await server.stop();
      await sleep(500);
      server = await start();
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
