export interface Piece {
  text: string;
  href?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/giu;
/** Signs that end a sentence more often than an address. */
const END = /[.,:;!?'"»”’*_~]+$/u;

/** A text as what it is and, in it, the addresses of pages. */
export function splitLinks(body: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: found, index } of body.matchAll(ADDRESS)) {
    const address = withoutEnd(found);
    if (!URL.canParse(address)) continue;
    if (index > end) pieces.push({ text: body.slice(end, index) });
    pieces.push({ text: address, href: address });
    end = index + address.length;
  }
  if (end < body.length) pieces.push({ text: body.slice(end) });
  return pieces;
}

/** A bracket at the end belongs to the address if it was opened there. */
function withoutEnd(found: string): string {
  const address = found.replace(END, '');
  const isTooMany = address.split(')').length > address.split('(').length;
  return isTooMany && address.endsWith(')') ? withoutEnd(address.slice(0, -1)) : address;
}

const EMOJI = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Up to three emoji and nothing else. */
export const isOnlyEmoji = (body: string): boolean => EMOJI.test(body.trim());
