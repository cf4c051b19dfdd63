/** Of the scripts that are written from right to left, and those that set or end a direction. */
const TURNING =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/** Within an isolate, one of these would end it early or hold its end back. */
const ISOLATES = /[\u2066-\u2069]/g;

/**
 * A name or title as a part of a sentence, whose order its direction then leaves alone (UAX #9, isolates). What runs as the
 * sentence does is left as it is, so that it is found and spoken as before.
 */
export const isolate = (words: string): string =>
  TURNING.test(words)
    ? FIRST_STRONG_ISOLATE + words.replace(ISOLATES, '') + POP_DIRECTIONAL_ISOLATE
    : words;
