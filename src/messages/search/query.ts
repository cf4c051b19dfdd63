import { invalidValue } from '../../core/problems.ts';
import { type Word, wordsOf } from './words.ts';

/** Words that must stand in this order with nothing but signs and spaces between. */
export interface Phrase {
  /** At least one. */
  words: readonly Word[];
  /** The last word may go on. */
  open: boolean;
}

/** Different ones of a query: each is looked for in every message that is read. */
const MAX_PHRASES = 32;
/** Straight quotes, and those that phones make of them. */
const QUOTE = /["“”„]/;

/**
 * What a message must have, all of it: quoted phrases, and whatever stands between spaces, which is a phrase
 * itself when signs part it (`e-mail`). A `*` at its end means that the last word may go on. Every other
 * sign means nothing; what stands there twice counts once. Throws a 400 when there is nothing to search for, or too much.
 */
export function parseQuery(q: string): Phrase[] {
  const parts = q.split(QUOTE);
  const texts = parts.flatMap((part, index) => (index % 2 === 1 ? [part] : part.split(/\s+/)));
  const phrases = texts
    .map((text) => ({ words: wordsOf(text), open: text.trimEnd().endsWith('*') }))
    .filter(({ words }) => words.length > 0);
  if (phrases.length === 0) throw invalidValue('q', 'must have a letter, a digit or an emoji');
  const different = new Map(phrases.map((phrase) => [keyOf(phrase), phrase]));
  if (different.size > MAX_PHRASES) {
    throw invalidValue('q', `must have at most ${MAX_PHRASES} different words and phrases`);
  }
  return [...different.values()];
}

const keyOf = ({ words, open }: Phrase): string =>
  JSON.stringify([open, words.map(({ text, glued }) => [text, glued])]);
