import type { Phrase } from './query.ts';
import { type Word, wordsOf } from './words.ts';

/**
 * What the full-text indexes hold instead of words: tokens of [a-z0-9_] that both databases cut alike, of 3 to 84
 * characters and never a stop word, as MySQL's index wants them. Each begins with its conversation, so what is said
 * elsewhere can neither be found nor make a search slower.
 */

/** Messages of a conversation whose terms share one prefix, so that the newest can be searched without the others. */
export const SEGMENT_SIZE = 5_000;

/** Counted from 0. */
export const segmentOf = (sequence: number): number => Math.floor((sequence - 1) / SEGMENT_SIZE);

/** At most 30 characters. */
export const prefixOf = (conversationId: number, segment: number): string =>
  `c${conversationId}x${segment}_`;

/** Of a term without its prefix. */
const MAX_TERM = 54;
/** Terms of one query: the longest are rare enough, the others are looked for in the messages that have these. */
const MAX_QUERY_TERMS = 8;

/** The terms of a body, each once and without their prefix. */
export function termsOf(body: string): Set<string> {
  const words = wordsOf(body);
  return new Set(words.map((word, index) => encode(word.text + followerOf(words, index))));
}

/** In scripts without spaces, two neighbours make a term, so that few messages share it. */
function followerOf(words: readonly Word[], index: number): string {
  const next = words[index + 1];
  return words[index]?.single && next?.single && next.glued ? next.text : '';
}

export interface QueryTerm {
  term: string;
  /** The term is only the beginning. */
  open: boolean;
}

/** Every message that has the phrases has all of these terms; not the other way round. */
export function queryTerms(phrases: readonly Phrase[]): QueryTerm[] {
  const terms = phrases.flatMap(({ words, open }) => {
    const last = words.length - 1;
    return words.flatMap((word, index): QueryTerm[] => {
      const follower = followerOf(words, index);
      // Another term has it already.
      if (word.single && follower === '' && index > 0 && followerOf(words, index - 1)) return [];
      const isOpen = word.single ? follower === '' : open && index === last;
      return [{ term: encode(word.text + follower), open: isOpen }];
    });
  });
  return terms.sort((a, b) => b.term.length - a.term.length).slice(0, MAX_QUERY_TERMS);
}

/** What a word begins with, its term begins with. */
const encode = (word: string): string =>
  word
    .replace(/[^a-z0-9]/g, (unit) => `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, MAX_TERM);
