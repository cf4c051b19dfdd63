const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What stands in place of a picture: the first letter of the first and of the last word, or the first sign there is. */
export function initialsOf(displayName: string): string {
  const words = displayName.split(/[\s._-]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const shown = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  const letters = shown.map((word) => firstOf(word ?? '').toLocaleUpperCase());
  return letters.join('') || firstOf(displayName.trim());
}

const firstOf = (text: string): string => [...segmenter.segment(text)][0]?.segment ?? '';
