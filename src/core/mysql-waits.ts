import type { PoolConnection, QueryError } from 'mysql2';
import type { Acquired, ConnectionSource } from './mysql-host.ts';

/** Thrown instead of queueing without bound. */
export class PoolExhaustedError extends Error {
  override readonly name = 'PoolExhaustedError';
}

/** mysql2 has no limit of its own for this wait; a connection that comes too late goes back unused. */
export function acquireInTime(
  milliseconds: number,
  source: ConnectionSource,
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
  source.getConnection((error, connection) => {
    clearTimeout(giveUp);
    if (waiting) acquired(error, connection);
    else connection?.release();
  });
}

/** Milliseconds without an answer after which the host is worth a question. */
const SUSPICIOUS = 2_000;
// Galera node not ready, COMMIT without the other nodes, shutdown.
const TROUBLE = new Set([1047, 1180, 1053]);

/**
 * A connection whose query got no answer is destroyed: what it would say later belongs to no one.
 * `suspect` is called when a query has had no answer for 2 s, when a connection breaks, and when the
 * server says that it cannot serve.
 */
export function boundQueries(
  connection: PoolConnection,
  milliseconds: number,
  suspect?: () => void,
): void {
  const query = connection.query.bind(connection) as (...call: unknown[]) => unknown;
  connection.query = ((command: string | object, ...rest: unknown[]) => {
    if (typeof rest.at(-1) !== 'function') return query(command, ...rest);
    const done = rest.pop() as (error: unknown, ...result: unknown[]) => void;
    const options = typeof command === 'string' ? { sql: command } : command;
    const late = suspect && setTimeout(suspect, Math.min(SUSPICIOUS, milliseconds / 2));
    return query(
      { values: rest[0], timeout: milliseconds, ...options },
      (error: QueryError | null, ...result: unknown[]) => {
        clearTimeout(late);
        if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy();
        if (error && (error.fatal || TROUBLE.has(error.errno ?? 0))) suspect?.();
        done(error, ...result);
      },
    );
  }) as typeof connection.query;
}
