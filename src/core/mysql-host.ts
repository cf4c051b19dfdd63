import type { Pool, PoolConnection } from 'mysql2';

export type Acquired = (error: Error | null, connection: PoolConnection) => void;

/** What of a pool is needed here. */
export interface ConnectionSource {
  getConnection(acquired: Acquired): void;
  end: Pool['end'];
}

export interface HostOptions {
  /** Makes the pool of a host. It calls `suspect` when a connection breaks or a query has no answer for long. */
  open(url: string, suspect: () => void): ConnectionSource;
  /** Asks over a new connection, in bounded time, whether its host can serve. */
  check(connection: PoolConnection, checked: (refusal: Error | null) => void): void;
}

/** A connection, or why there is none and whether that is because the host is down. */
type Outcome = { connection: PoolConnection } | { error: Error; isDown: boolean };

export type MysqlHost = ReturnType<typeof mysqlHost>;

/** Milliseconds between two probes of a host that is down. */
const PROBE_INTERVAL = 2_000;

/** One host of several, and whether it is up as far as we know. */
export function mysqlHost(url: string, { open, check }: HostOptions) {
  const checked = new WeakSet<PoolConnection>();
  let pool: ConnectionSource | undefined;
  /** Why the host is down; undefined while it is up as far as we know. */
  let failure: Error | undefined;
  let isProbing = false;
  let triedAt = -Infinity;

  const connectFrom = (source: ConnectionSource, connected: (outcome: Outcome) => void): void =>
    source.getConnection((error, connection) => {
      if (error) return connected({ error: reasonOf(error), isDown: meansDown(error) });
      if (checked.has(connection)) return connected({ connection });
      check(connection, (refusal) => {
        if (refusal) connection.destroy();
        else checked.add(connection);
        connected(refusal ? { error: refusal, isDown: true } : { connection });
      });
    });

  /** Who waited for a pool that was given up has only heard that it is closed. */
  const reasonOf = (error: Error): Error =>
    (error.message === 'Pool is closed.' && failure) || error;

  /** Everyone who waits for a connection of the pool hears that the host is down. */
  const giveUp = (reason: Error): void => {
    failure = reason;
    triedAt = performance.now();
    pool?.end(() => {});
    pool = undefined;
  };

  /** Finds out beside the traffic, over a connection of its own, how the host is. */
  const probe = (): void => {
    if (isProbing) return;
    isProbing = true;
    triedAt = performance.now();
    const source = open(url, () => {});
    connectFrom(source, (outcome) => {
      isProbing = false;
      if ('connection' in outcome) failure = undefined;
      else if (outcome.isDown) giveUp(outcome.error);
      source.end(() => {});
    });
  };

  return {
    isUp: () => failure === undefined,
    /** Once the host has been down for a while. */
    probeAgain(): void {
      if (performance.now() - triedAt > PROBE_INTERVAL) probe();
    },
    connect(connected: (outcome: Outcome) => void): void {
      pool ??= open(url, probe);
      const source = pool;
      connectFrom(source, (outcome) => {
        if (source === pool && 'connection' in outcome) failure = undefined;
        if (source === pool && 'error' in outcome && outcome.isDown) giveUp(outcome.error);
        connected(outcome);
      });
    },
    end: (done: () => void): void => (pool ? pool.end(done) : done()),
  };
}

const ER_SERVER_SHUTDOWN = 1053;
/** Too many failed connections from here: it wants nothing more of us. */
const ER_HOST_IS_BLOCKED = 1129;

/** Not when the server itself answered, as to a wrong password, or when our own queue is full. */
function meansDown({ errno = 0, message }: Error & { errno?: number }): boolean {
  if (errno > 0) return errno === ER_SERVER_SHUTDOWN || errno === ER_HOST_IS_BLOCKED;
  return message !== 'Queue limit reached.';
}
