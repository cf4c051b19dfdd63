import { type Dialect, MysqlDialect } from 'kysely';
import { createPool } from 'mysql2';
import type { Acquired, ConnectionSource } from './mysql-host.ts';
import { connectionsOfHosts, urlsOfHosts } from './mysql-hosts.ts';
import { acquireInTime, boundQueries } from './mysql-waits.ts';

export interface MysqlOptions {
  /** Of one server, or of several hosts of one Galera cluster. */
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

/**
 * MySQL and MariaDB. Every wait has an end: for a free connection, for a row lock, for an answer
 * of a server that is stopped or behind a stalled network.
 */
export function mysqlDialect(options: MysqlOptions): Dialect {
  const source = openSource(options);
  const getConnection = (acquired: Acquired) =>
    acquireInTime(options.acquireTimeout, source, acquired);
  return new MysqlDialect({ pool: { getConnection, end: (done) => source.end(() => done(null)) } });
}

function openSource(options: MysqlOptions): ConnectionSource {
  const [url = options.url, ...others] = urlsOfHosts(options.url);
  if (others.length === 0) return openPool(url, options, options.acquireTimeout);
  // Whoever waits must have time left for the hosts after a silent one.
  const milliseconds = Math.ceil(options.acquireTimeout / (others.length + 1));
  return connectionsOfHosts([url, ...others], {
    open: (each, suspect) => openPool(each, options, milliseconds, suspect),
    // With causal reads, a Galera node that lost the others refuses even this.
    check: (connection, checked) =>
      connection.query({ sql: 'select 1', timeout: milliseconds }, (error) => checked(error)),
  });
}

const SETTINGS = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
  // A process that stopped in the middle of a transaction loses its locks; MariaDB alone reads this comment.
  'SET SESSION innodb_lock_wait_timeout = 1 /*M!100300 , idle_write_transaction_timeout = 5 */',
];
/** A read or BEGIN at a Galera node waits until it has applied what was committed anywhere before. */
const CAUSAL_READS = 'SET SESSION wsrep_sync_wait = 1';
const ER_UNKNOWN_SYSTEM_VARIABLE = 1193;

function openPool(
  url: string,
  options: MysqlOptions,
  connectTimeout: number,
  suspect?: () => void,
): ConnectionSource {
  const pool = createPool({
    uri: url,
    connectionLimit: options.poolSize,
    queueLimit: options.queueLimit,
    connectTimeout,
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    jsonStrings: true,
    charset: 'utf8mb4',
    // An UPDATE that changes nothing still says that it found its row.
    flags: ['+FOUND_ROWS'],
  });
  pool.on('connection', (connection) => {
    boundQueries(connection, options.queryTimeout, suspect);
    const unusable = (error: unknown) => error !== null && connection.destroy();
    for (const setting of SETTINGS) connection.query(setting, unusable);
    connection.query(CAUSAL_READS, (error) => {
      // Servers that cannot be part of such a cluster do not know it.
      if (error?.errno !== ER_UNKNOWN_SYSTEM_VARIABLE) unusable(error);
    });
  });
  return pool;
}
