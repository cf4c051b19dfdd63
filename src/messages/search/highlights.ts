import type { Phrase } from './query.ts';
import type { Highlight } from './schemas.ts';
import { type Word, wordsOf } from './words.ts';

/** Of one phrase in one message, so that an answer has a bounded size. */
const MAX_PLACES = 100;

/** Where the phrases stand in a body, each at most so often, in ascending order and not overlapping; undefined unless all of them do. */
export function findHighlights(body: string, phrases: readonly Phrase[]): Highlight[] | undefined {
  const words = wordsOf(body);
  const found: Highlight[] = [];
  for (const phrase of phrases) {
    const places = findPhrase(words, phrase);
    if (places.length === 0) return undefined;
    found.push(...places);
  }
  return merge(found.sort((a, b) => a.start - b.start || a.end - b.end));
}

function findPhrase(words: readonly Word[], { words: wanted, open }: Phrase): Highlight[] {
  const places: Highlight[] = [];
  const end = words.length - wanted.length;
  for (let at = 0; at <= end && places.length < MAX_PLACES; at += 1) {
    const first = words[at];
    const last = words[at + wanted.length - 1];
    const matches = wanted.every((word, index) =>
      isMatch(words[at + index], word, index, open && index === wanted.length - 1),
    );
    if (matches && first && last) places.push({ start: first.start, end: last.end });
  }
  return places;
}

function isMatch(word: Word | undefined, wanted: Word, index: number, open: boolean): boolean {
  if (!word || (index > 0 && wanted.glued && !word.glued)) return false;
  return open ? word.text.startsWith(wanted.text) : word.text === wanted.text;
}

function merge(sorted: readonly Highlight[]): Highlight[] {
  const merged: Highlight[] = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
