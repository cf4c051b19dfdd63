import { type Dialect, MysqlDialect } from 'kysely';
import { createPool, type PoolConnection } from 'mysql2';

export interface MysqlOptions {
  url: string;
  /** Connections of this process. */
  poolSize: number;
  /** Requests that may wait for a connection; one more is refused. */
  queueLimit: number;
  /** Milliseconds that a request waits for a connection before it is refused. */
  acquireTimeout: number;
  /** Milliseconds without an answer after which a connection is given up. */
  queryTimeout: number;
}

/** Thrown instead of queueing without bound. */
export class PoolExhaustedError extends Error {
  override readonly name = 'PoolExhaustedError';
}

type Acquired = (error: Error | null, connection: PoolConnection) => void;

/**
 * MySQL and MariaDB. Every wait has an end: for a free connection, for a row lock, for an answer
 * of a server that is stopped or behind a stalled network.
 */
export function mysqlDialect(options: MysqlOptions): Dialect {
  const pool = createPool({
    uri: options.url,
    connectionLimit: options.poolSize,
    queueLimit: options.queueLimit,
    connectTimeout: options.acquireTimeout,
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    jsonStrings: true,
    charset: 'utf8mb4',
    // An UPDATE that changes nothing still says that it found its row.
    flags: ['+FOUND_ROWS'],
  });
  const settings = [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
    // A process that stopped in the middle of a transaction loses its locks; MariaDB alone reads this comment.
    'SET SESSION innodb_lock_wait_timeout = 1 /*M!100300 , idle_write_transaction_timeout = 5 */',
  ];
  pool.on('connection', (connection) => {
    boundQueries(connection, options.queryTimeout);
    const unusable = (error: unknown) => error !== null && connection.destroy();
    for (const setting of settings) connection.query(setting, unusable);
  });
  const getConnection = (acquired: Acquired) =>
    acquireInTime(options.acquireTimeout, pool, acquired);
  return new MysqlDialect({ pool: { getConnection, end: (done) => pool.end(done) } });
}

/** mysql2 has no limit of its own for this wait; a connection that comes too late goes back unused. */
function acquireInTime(
  milliseconds: number,
  pool: { getConnection(acquired: Acquired): void },
  acquired: Acquired,
): void {
  let waiting = true;
  const giveUp = setTimeout(() => {
    waiting = false;
    acquired(
      new PoolExhaustedError('no database connection became free in time'),
      undefined as never,
    );
  }, milliseconds);
  pool.getConnection((error, connection) => {
    clearTimeout(giveUp);
    if (waiting) acquired(error, connection);
    else connection?.release();
  });
}

/** A connection whose query got no answer is destroyed: what it would say later belongs to no one. */
function boundQueries(connection: PoolConnection, milliseconds: number): void {
  const query = connection.query.bind(connection) as (...call: unknown[]) => unknown;
  connection.query = ((sql: string, ...rest: unknown[]) => {
    if (typeof rest.at(-1) !== 'function') return query(sql, ...rest);
    const done = rest.pop() as (error: unknown, ...result: unknown[]) => void;
    const values = rest[0];
    return query(
      { sql, values, timeout: milliseconds },
      (error: { code?: string } | null, ...result: unknown[]) => {
        if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy();
        done(error, ...result);
      },
    );
  }) as typeof connection.query;
}
