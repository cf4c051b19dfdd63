/**
 * What travels between processes, to those that hold sockets of a user: a frame for each of the
 * user's sockets, or word that one of the user's sessions has ended. An ephemeral frame is stale in a
 * moment, so nothing makes up for a lost one; with one for a crowd goes over how many milliseconds to spread its fetches.
 */
export type Notice =
  | { frame: string; ephemeral?: true; spread?: number }
  | { endedSessions: readonly number[] };

export interface BusListener {
  /** A notice for a user of whom this process said `join`. */
  notice(userId: number, notice: Notice): void;
  /** Notices may have been missed: every socket of this process is owed a resync. */
  gap(): void;
}

/** What all processes have counted under one key, and the milliseconds until it begins anew. */
export interface SharedCount {
  total: number;
  remaining: number;
}

/**
 * Brings notices to every process at most once. What makes up for a lost one is `gap`, here or in
 * whichever process may have missed it, as soon as the bus works again.
 */
export interface Bus {
  /** Before anything else; one listener per process. */
  listen(listener: BusListener): void;
  /**
   * Sockets of this process have been given the notice when this returns, and it has left for their
   * readers when this resolves: so it is before the answer to whoever caused it. It resolves when the
   * other processes' notices are handed over, or, within about a second, when the bus is known to
   * be away. Never rejects.
   */
  publish(userIds: readonly number[], notice: Notice): Promise<void>;
  /** Resolves when notices for this user arrive here, or are covered by a later gap. */
  join(userId: number): Promise<void>;
  leave(userId: number): void;
  /**
   * Adds to a counter that all processes share and that lives for so many milliseconds from its first
   * count; what is given back (`by` below 0) never takes it under 0. Undefined, at once or within about
   * half a second, when it is not known what the others count, and where there are none. Never rejects.
   */
  count(key: string, by: number, milliseconds: number): Promise<SharedCount | undefined>;
  /** False while other processes cannot be reached. */
  isUp(): boolean;
  close(): Promise<void>;
}

/** For one process: a function call. */
export function inProcessBus(): Bus {
  let listener: BusListener | undefined;
  const joined = new Set<number>();
  return {
    listen(given) {
      listener = given;
    },
    async publish(userIds, notice) {
      for (const userId of userIds) if (joined.has(userId)) listener?.notice(userId, notice);
      await new Promise(process.nextTick);
    },
    async join(userId) {
      joined.add(userId);
    },
    leave(userId) {
      joined.delete(userId);
    },
    count: async () => undefined,
    isUp: () => true,
    async close() {
      joined.clear();
    },
  };
}
