import type { Doorbell } from '../../support/processes.ts';
import type { Gathering } from './gathering.ts';
import type { Goals } from './goals.ts';
import type { Pair } from './pairs.ts';

/** A server and the crowd of two users at it, all in one conversation: whatever is posted rings at everybody. */
export interface Stage {
  server: Doorbell;
  pair: Pair;
  crowd: Gathering;
  sockets: number;
  /** That nobody reads. */
  posts: number;
  goals: Goals;
}
