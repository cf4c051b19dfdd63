import type { StoredTokens } from '../../src/client/index.ts';

/** Sockets of one user, who has one conversation. */
export interface Seats {
  tokens: StoredTokens;
  conversationId: string;
  count: number;
}

/** To a process of the crowd. Each is answered by a Sight, when it is done. */
export type Order =
  /** First of all, from this address of the machine. Done when all have caught up, or in OPENING seconds. */
  | { do: 'open'; port: number; address?: string | undefined; seats: readonly Seats[] }
  /** Nothing is read from the sockets until `resume`. */
  | { do: 'pause' | 'resume' }
  | ({ do: 'look' } & Question);

export interface Question {
  /** By conversation: the sequence that everybody should know. */
  heads: Readonly<Record<string, number>>;
  /** Milliseconds since 1970: who has not had an answer of /sync since then does not count as caught up. */
  syncedSince?: number;
}

/** Of some of the crowd or, added up, of all. Times are milliseconds since 1970. */
export interface Sight {
  /** One for each who is caught up: since when. */
  caughtUpAt: number[];
  behind: number;
  /** Who were told at least once that frames had been dropped. */
  resynced: number;
  /** When the first socket was opened since `syncedSince`. */
  openedAt: number | null;
  /** How many requests were answered with each status. */
  answers: Record<string, number>;
  /** Answers with a 5xx that is not a 503 with Retry-After. */
  undeclared: number;
  /** Requests without an answer. */
  unanswered: number;
}

/** 0 for none. */
export const lastOf = (times: readonly number[]): number =>
  times.reduce((last, time) => Math.max(last, time), 0);
