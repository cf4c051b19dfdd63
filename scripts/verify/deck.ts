import { indexOf, pick, type Random } from '../seed/random.ts';
import type { Fault } from './faults/fault.ts';

/**
 * How much is said. `talk`: all the time. `hush`: until just before it heals, so that only catch-up can complete what
 * was missed. `whisper`: little, and nobody repeats it, so that the last word meets the fault.
 */
const TONES = ['talk', 'talk', 'hush', 'hush', 'whisper'] as const;

/** One thing that goes wrong, or two at once. */
export interface Round {
  faults: readonly Fault[];
  /** Milliseconds for which it stays broken. */
  hold: number;
  tone: (typeof TONES)[number];
}

const TWO_AT_ONCE = 0.25;
const LAST_WORD = 2 / 3;
const LONGEST_HOLD = 5_000;

/** Rounds without end: every fault has its turn before any has its second; the first turn alone. */
export function* rounds(faults: readonly Fault[], random: Random): Generator<Round, never> {
  for (let cycle = 0; ; cycle += 1) {
    for (const fault of shuffled(faults, random)) {
      const others = faults.filter(({ part }) => part !== fault.part);
      const other = others[indexOf(random, Math.max(1, others.length))];
      const isDouble = random() < TWO_AT_ONCE;
      const isLastWord = fault.isLastWord && random() < LAST_WORD;
      yield {
        faults: other && isDouble && cycle > 0 ? [fault, other] : [fault],
        // Short ones mostly: longer ones are for the waits that are to notice them.
        hold: isLastWord ? 0 : Math.max(fault.atLeast ?? 100, LONGEST_HOLD * random() ** 3),
        tone: isLastWord ? 'whisper' : pick(random, TONES),
      };
    }
  }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}
