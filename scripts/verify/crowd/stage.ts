import type { Gathering } from '../../crowd/gathering.ts';
import type { Pair } from '../../crowd/pairs.ts';
import type { Doorbell } from '../../support/processes.ts';
import type { Goals } from './goals.ts';

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
