import { indexOf, pick, type Random } from '../seed/random.ts';
import type { Fault } from './faults/fault.ts';

/**
 * What is said. `talk`: all the time. `hush`: until just before it heals, so that only catch-up can complete what was
 * missed. `last words`: nothing but one message in each conversation into the fault, which nobody repeats.
 */
const TONES = ['talk', 'talk', 'hush', 'hush', 'last words'] as const;

/** One thing that goes wrong, or two at once. */
export interface Round {
  faults: readonly Fault[];
  /** Milliseconds for which it stays broken. */
  hold: number;
  tone: (typeof TONES)[number];
}

const TWO_AT_ONCE = 0.25;
const LAST_WORDS = 2 / 3;
const LONGEST_HOLD = 5_000;

/** Rounds without end: every fault has its turn before any has its second; the first turn alone. */
export function* rounds(faults: readonly Fault[], random: Random): Generator<Round, never> {
  for (let cycle = 0; ; cycle += 1) {
    for (const fault of shuffled(faults, random)) {
      const others = faults.filter(({ part }) => part !== fault.part);
      const other = others[indexOf(random, Math.max(1, others.length))];
      const isDouble = random() < TWO_AT_ONCE;
      const isForLastWords = fault.isForLastWords && random() < LAST_WORDS;
      yield {
        faults: other && isDouble && cycle > 0 ? inOrder(fault, other) : [fault],
        // Short ones mostly: longer ones are for the waits that are to notice them.
        hold: Math.max(fault.atLeast ?? 100, LONGEST_HOLD * random() ** 3),
        tone: isForLastWords ? 'last words' : pick(random, TONES),
      };
    }
  }
}

/** What needs words to be broken comes first: while it is, the rest must work. */
const inOrder = (one: Fault, other: Fault): Fault[] =>
  other.isForLastWords ? [other, one] : [one, other];

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}
