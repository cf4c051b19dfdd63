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

export const reconnectAfter = (closeCode: number): Reconnect => {
  if (closeCode === 1012) return { wait: Math.random() * RESTART_SPREAD };
  // When access is revoked (4403) the renewal is refused, and that ends the sign-in.
  if (closeCode === 4401 || closeCode === 4403) return { needsToken: true };
  const isRefusal = closeCode >= 4400 && closeCode < 4500 && closeCode !== 4408;
  return isRefusal ? { wait: REFUSED_AT_LEAST * (1 + Math.random()) } : {};
};
