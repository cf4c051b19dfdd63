import { fold } from './fold.ts';

/** What is searched for: a word or, in scripts that put no space between words, one character. */
export interface Word {
  text: string;
  /** UTF-16 offsets into the text that it was found in. */
  start: number;
  end: number;
  /** It follows the one before without anything between. */
  glued: boolean;
  /** Of a script without spaces, or an emoji. */
  single: boolean;
}

const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/v;
const SINGLE =
  /[\p{ExtPict}\p{RI}[[\p{L}\p{N}\p{M}]&&[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]]]/v;

const ASCII = /^[\0-\x7f]*$/;

/** The words of a text in their order. Signs and spaces only part them. */
export const wordsOf = (text: string): Word[] =>
  ASCII.test(text) ? asciiWordsOf(text) : unicodeWordsOf(text);

/** The same in a fifth of the time. */
const asciiWordsOf = (text: string): Word[] =>
  Array.from(text.toLowerCase().matchAll(/[a-z0-9]+/g), ({ 0: word, index: start }) => ({
    text: word,
    start,
    end: start + word.length,
    glued: false,
    single: false,
  }));

function unicodeWordsOf(text: string): Word[] {
  const words: Word[] = [];
  let open: Word | undefined;
  for (const { folded, start, end } of fold(text)) {
    if (folded === '' && open) open.end = end;
    for (const character of folded) {
      const single = SINGLE.test(character);
      if (open && !single && WORD_CHARACTER.test(character)) {
        open.text += character;
        open.end = end;
        continue;
      }
      open = undefined;
      if (!single && !WORD_CHARACTER.test(character)) continue;
      const glued = start <= (words.at(-1)?.end ?? -1);
      const word = { text: character, start, end, glued, single };
      words.push(word);
      if (!single) open = word;
    }
  }
  return words;
}
