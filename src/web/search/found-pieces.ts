import type { FoundMessage } from '../../client/index.ts';

interface Piece {
  text: string;
  isMatch: boolean;
}

/** UTF-16 units that are shown before the first match. */
const BEFORE = 60;
/** And of all: more would not be seen. */
const MOST = 400;

/** A found message as what matches and what stands around it; a long one begins shortly before its first match. */
export function foundPieces({
  body,
  highlights,
}: Pick<FoundMessage, 'body' | 'highlights'>): Piece[] {
  const whole = body ?? '';
  const start = startOf(whole, highlights[0]?.start ?? 0);
  const pieces: Piece[] = [{ text: start > 0 ? '…' : '', isMatch: false }];
  let at = start;
  for (const match of highlights) {
    if (match.start > start + MOST) break;
    pieces.push({ text: whole.slice(at, match.start), isMatch: false });
    pieces.push({ text: whole.slice(match.start, match.end), isMatch: true });
    at = match.end;
  }
  const end = Math.max(at, start + MOST);
  // Without half a character.
  const rest = whole.slice(at, end).replace(/[\ud800-\udbff]$/, '');
  pieces.push({ text: end < whole.length ? `${rest}…` : rest, isMatch: false });
  return pieces.filter(({ text }) => text !== '');
}

/** At a space, if there is one, so that no word is cut. */
function startOf(whole: string, match: number): number {
  if (match <= BEFORE) return 0;
  const before = whole.slice(match - BEFORE, match);
  const space = before.search(/\s/);
  return space === -1 ? match : match - BEFORE + space + 1;
}
