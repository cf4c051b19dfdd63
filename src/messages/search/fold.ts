/** A part of a text that is compared as one: a character with its marks, in the form in which it is searched. */
interface Piece {
  /** Lower case without diacritics; empty when nothing is left of it. */
  folded: string;
  /** UTF-16 offsets into the text. */
  start: number;
  end: number;
}

// The parts of Hangul syllables compose with each other, everything else with the marks that follow it.
const PIECE =
  /[\u1100-\u11ff]+[\p{M}\p{DI}]*|[\p{M}\p{DI}]+|[^\p{M}\p{DI}][\p{M}\p{DI}\p{EMod}\uff9e\uff9f]*/gv;

// Diacritics, vowel points, tatweel and what is invisible. Marks that make another letter stay: the vowel signs of
// South Asia, the voicing of kana.
const STRIPPED =
  /[[[\p{M}&&[\p{sc=Inherited}\p{sc=Hebrew}\p{sc=Arabic}]]\p{DI}\u0640]--[\u3099\u309a]]/gv;

/** Letters that Unicode does not decompose, though people type them without their stroke. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/** Not decomposed: ™ would become letters of the word before it. */
const PICTOGRAPH = /[\p{ExtPict}\p{RI}]/v;

/** The pieces of a text in their order; they leave nothing out. */
export function* fold(text: string): Generator<Piece> {
  for (const { 0: piece, index: start } of text.matchAll(PIECE)) {
    yield { folded: foldPiece(piece), start, end: start + piece.length };
  }
}

const KNOWN_PIECES = 10_000;
const known = new Map<string, string>();

/** Texts are made of few different pieces, and normalising one costs more than all else. */
function foldPiece(piece: string): string {
  const before = known.get(piece);
  if (before !== undefined) return before;
  if (known.size === KNOWN_PIECES) known.clear();
  const folded = normalize(piece);
  known.set(piece, folded);
  return folded;
}

function normalize(piece: string): string {
  const [pictograph] = PICTOGRAPH.exec(piece) ?? [];
  if (pictograph !== undefined) return pictograph;
  return (
    piece
      .normalize('NFKD')
      // By way of the upper case, as Unicode's full case folding: ß becomes ss, ς becomes σ.
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKD')
      .replace(STRIPPED, '')
      .normalize('NFC')
      .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
  );
}
