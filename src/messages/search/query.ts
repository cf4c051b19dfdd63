import { invalidValue } from '../../core/problems.ts';
import { type Word, wordsOf } from './words.ts';

/** Words that must stand in this order with nothing but signs and spaces between. */
export interface Phrase {
  /** At least one. */
  words: readonly Word[];
  /** The last word may go on. */
  open: boolean;
}

/** Straight quotes, and those that phones make of them. */
const QUOTE = /["“”„]/;

/**
 * What a message must have, all of it: quoted phrases, and whatever stands between spaces, which is a phrase
 * itself when signs part it (`e-mail`). A `*` at its end means that the last word may go on. Every other
 * sign means nothing. Throws a 400 when there is nothing to search for.
 */
export function parseQuery(q: string): Phrase[] {
  const parts = q.split(QUOTE);
  const texts = parts.flatMap((part, index) => (index % 2 === 1 ? [part] : part.split(/\s+/)));
  const phrases = texts
    .map((text) => ({ words: wordsOf(text), open: text.trimEnd().endsWith('*') }))
    .filter(({ words }) => words.length > 0);
  if (phrases.length === 0) throw invalidValue('q', 'must have a letter, a digit or an emoji');
  return phrases;
}
