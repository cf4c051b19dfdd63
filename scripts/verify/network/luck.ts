import type { Random } from '../../seed/random.ts';

export const REQUEST_FAULTS = [
  /** The server never gets the request. */
  'lostRequests',
  /** The server has answered; the caller is told that the network failed. */
  'lostAnswers',
  /** A POST reaches the server twice, one after the other or both at once, and either answer comes back. */
  'repeatedRequests',
  'lateRequests',
  'lateAnswers',
] as const;

export const FRAME_FAULTS = [
  /** The connection is lost, and the client is told so. */
  'cutSockets',
  /** Nothing passes any more, and the client is not told. */
  'deafSockets',
  'lostFrames',
  'repeatedFrames',
  /** The frame comes after the next one, or late when there is none. */
  'overtakenFrames',
  'lateFrames',
] as const;

export type Fault = (typeof REQUEST_FAULTS)[number] | (typeof FRAME_FAULTS)[number];

/** How likely each is, from 0 to 1, per request or per frame; what is not named does not happen. */
export type Rates = Partial<Record<Fault, number>> & {
  /** Milliseconds by which something late is late, at most. Default: 100. */
  longestDelay?: number;
};

/** What is in store for one request or frame. */
export interface Fate {
  faults: ReadonlySet<Fault>;
  /** Milliseconds, if it is late. */
  delay: number;
  /** For what has two equally likely forms. */
  coins: readonly [boolean, boolean];
}

/** Decides what goes wrong, and counts what did. */
export class Luck {
  rates: Rates;
  readonly counts: Record<Fault, number>;
  readonly #random: Random;

  constructor(random: Random, rates: Rates) {
    this.#random = random;
    this.rates = rates;
    this.counts = {
      lostRequests: 0,
      lostAnswers: 0,
      repeatedRequests: 0,
      lateRequests: 0,
      lateAnswers: 0,
      cutSockets: 0,
      deafSockets: 0,
      lostFrames: 0,
      repeatedFrames: 0,
      overtakenFrames: 0,
      lateFrames: 0,
    };
  }

  /** Draws equally often whatever the rates are, so that the fate of the n-th depends on no other. */
  draw(faults: readonly Fault[]): Fate {
    const drawn = faults.map((fault) => ({ fault, number: this.#random() }));
    const happening = drawn.filter(({ fault, number }) => number < (this.rates[fault] ?? 0));
    return {
      faults: new Set(happening.map(({ fault }) => fault)),
      delay: this.#random() * (this.rates.longestDelay ?? 100),
      coins: [this.#random() < 0.5, this.#random() < 0.5],
    };
  }

  /** Whether it is to happen now; then it counts. */
  strikes(fault: Fault, { faults }: Fate): boolean {
    if (!faults.has(fault)) return false;
    this.counts[fault] += 1;
    return true;
  }
}
