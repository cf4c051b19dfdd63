import { ProblemError } from '../problems.ts';

/** So many in so many seconds, in windows that follow each other; where two meet it may be twice as many. */
export interface Limit {
  name: string;
  max: number;
  seconds: number;
}

export const tooFast = (milliseconds: number): ProblemError =>
  new ProblemError('too_fast', { retryAfter: Math.max(1, Math.ceil(milliseconds / 1_000)) });
