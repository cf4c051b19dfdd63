import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startMariadb, startRedis } from '../../support/servers.ts';
import { keepDoorbell } from '../faults/doorbell-process.ts';
import { commitFaults, databaseFaults, emptyMessages, fillMessages } from '../faults/mariadb.ts';
import { redisFaults } from '../faults/redis.ts';
import { relayFaults } from '../faults/relays.ts';
import { keepServer, serverFaults } from '../faults/server-process.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../faults/small-disk.ts';
import { startRelay } from '../network/relay.ts';
import { createDatabase } from './database.ts';
import type { Topology, TopologyOptions } from './topology.ts';

const AN_HOUR = 3_600_000;
const SHIFTED_CLOCK = import.meta.resolve('../../support/shifted-clock.ts');

/** Two processes with clocks an hour apart over one MariaDB, which loses nothing when it is killed, and one Redis. */
export async function pair({ dir, imports = [] }: TopologyOptions): Promise<Topology> {
  await using started = new AsyncDisposableStack();
  const place = { dir: join(dir, 'mariadb'), port: await freePort(), durable: true };
  const disk = await mountSmallDisk({
    dir: place.dir,
    part: 'MariaDB',
    async fill() {
      const url = `${mariadb.url}doorbell`;
      await fillMessages(url);
      return async () => {
        // Without room for its log it ends, and somebody has to start it again.
        await mariadb.revive();
        await emptyMessages(url);
      };
    },
  });
  if (disk) started.use(disk);
  const mariadb = started.use(await keepServer(() => startMariadb(place)));
  await createDatabase(mariadb.url);
  const redisPlace = { dir: join(dir, 'redis'), port: await freePort() };
  const redis = started.use(await keepServer(() => startRedis(redisPlace)));

  const secret = randomBytes(32).toString('hex');
  const start = async (name: string, imports: readonly string[], settings = {}) => {
    const toMariadb = started.use(await startRelay(place.port));
    const toRedis = started.use(await startRelay(redisPlace.port));
    const process = await keepDoorbell({
      name,
      dir: join(dir, name),
      settings: {
        DATABASE_URL: `mysql://doorbell:doorbell@127.0.0.1:${toMariadb.port}/doorbell`,
        REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
        JWT_SECRET: secret,
        DATABASE_TIMEOUT_MS: '2000',
        ...settings,
      },
      imports,
    });
    started.use(process);
    const faults = [
      ...process.faults,
      ...relayFaults(toMariadb, `between ${name} and MariaDB`),
      ...commitFaults(toMariadb, { name, url: process.url }),
      ...relayFaults(toRedis, `between ${name} and Redis`),
    ];
    return { ...process, faults };
  };
  const one = await start('one', imports);
  const two = await start('two', [SHIFTED_CLOCK, ...imports], { SHIFT_CLOCK_MS: `${AN_HOUR}` });
  const all = started.move();
  return {
    urls: [one.url, two.url],
    faults: [
      ...one.faults,
      ...two.faults,
      ...serverFaults(mariadb, 'MariaDB'),
      ...databaseFaults(mariadb.url),
      ...(disk ? [disk.fault] : []),
      ...serverFaults(redis, 'Redis'),
      ...redisFaults(async () => redis.url, [one, two]),
    ],
    notes: ['the clocks of the two processes are an hour apart', ...(disk ? [] : [NO_SMALL_DISK])],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
