import type { Random } from '../../seed/random.ts';

/** Something that goes wrong in an installation, or on the way to it. */
export interface Fault {
  name: string;
  /** What it concerns: two faults of one part are never on at once. */
  part: string;
  /** Milliseconds before which it is hardly felt. */
  atLeast?: number;
  /** It shows best when nothing is said after it. */
  isForLastWords?: boolean;
  /**
   * Resolves when it is broken, to what makes it whole again. With `sayLastWords` nobody speaks but when
   * it is called; a fault that needs words calls it, and may ask for them at the process with this URL.
   */
  break(random: Random, sayLastWords?: SayLastWords): Promise<Heal> | Heal;
}

export type SayLastWords = (url?: string) => Promise<void>;

export type Heal = () => Promise<void> | void;

/** For what is over as soon as it has happened. */
export const healed: Heal = () => {};
