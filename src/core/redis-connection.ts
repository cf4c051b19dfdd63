import { Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress, RedisUrl } from './redis-url.ts';

/** Milliseconds in which a Redis must take a connection. */
const CONNECT_TIMEOUT = 2_000;
/** Milliseconds for a goodbye, before a connection to a Redis that says nothing is cut. */
const DISCONNECT_TIMEOUT = 100;

/**
 * A connection for one life: after a break its owner makes another, perhaps to another Redis. Every
 * command, those of the greeting too, rejects after `commandTimeout` milliseconds and when there is no
 * connection.
 */
export function redisConnection(
  { host, port }: RedisAddress,
  { username, password, tls }: RedisUrl,
  options: Pick<RedisOptions, 'enableReadyCheck' | 'enableAutoPipelining'> & {
    commandTimeout: number;
  },
): Redis {
  const connection = new Redis({
    host,
    port,
    username,
    password,
    tls: tls ? {} : undefined,
    lazyConnect: true,
    retryStrategy: null,
    enableOfflineQueue: false,
    connectTimeout: CONNECT_TIMEOUT,
    disconnectTimeout: DISCONNECT_TIMEOUT,
    ...options,
  });
  // It also rejects a command, or ends the connection.
  connection.on('error', () => {});
  return connection;
}

/** Rejects with what was wrong, of which ioredis itself says only that the connection is closed. */
export async function connect(connection: Redis): Promise<void> {
  let reason: NodeJS.ErrnoException | undefined;
  connection.once('error', (error) => {
    reason = error;
  });
  try {
    await connection.connect();
  } catch (error) {
    const { host, port } = connection.options;
    // That of a name with several addresses has a code alone.
    const what = reason ? reason.message || reason.code : String(error);
    throw new Error(`no connection to ${host}:${port}: ${what}`, { cause: reason ?? error });
  }
}
