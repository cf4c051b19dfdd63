/** What to do before the next socket, by the close code of the last one. */
export interface Reconnect {
  /** Milliseconds to wait; undefined: as long as the backoff says. */
  wait?: number;
  /** The access token is not accepted any more. */
  needsToken?: boolean;
}

/** Spreads the clients of a process that restarts over these milliseconds. */
const RESTART_SPREAD = 3_000;

/** The server refuses this client for now: too many sockets, or too fast. */
const REFUSED_AT_LEAST = 30_000;

/** `spread`: milliseconds over which the server, which had much to do, last wanted its clients spread. */
export const reconnectAfter = (closeCode: number, spread = 0): Reconnect => {
  if (closeCode === 1012) return { wait: Math.random() * Math.max(RESTART_SPREAD, spread) };
  // When access is revoked (4403) the renewal is refused, and that ends the sign-in.
  if (closeCode === 4401 || closeCode === 4403) return { needsToken: true };
  const isRefusal = closeCode >= 4400 && closeCode < 4500 && closeCode !== 4408;
  if (isRefusal) return { wait: REFUSED_AT_LEAST * (1 + Math.random()) };
  return spread > 0 ? { wait: Math.random() * spread } : {};
};
