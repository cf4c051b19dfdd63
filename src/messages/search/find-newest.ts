import { matchDocuments } from './documents.ts';
import { type Found, type Place, type Reader, readFound } from './found.ts';
import { byPosition, type Position } from './positions.ts';
import type { Scope, Segment, Tail } from './scope.ts';
import { groupSegments } from './segment-groups.ts';
import { prefixOf, type QueryTerm } from './terms.ts';

/** One search of one reader. */
export interface Search extends Reader {
  /** Every message that is found has all of them. */
  terms: readonly QueryTerm[];
  /** Only what comes after this position. */
  before: Position | undefined;
  limit: number;
}

/** At most `limit`, in their order. What is indexed is only read as far as it can be among them. */
export async function findNewest(search: Search, { segments, tails }: Scope): Promise<Found[]> {
  let found = cut(search, await findInTails(search, tails));
  for (const group of groupSegments(segments)) {
    const last = found[search.limit - 1];
    if (last && last.row.created_at > group.newestAt) break;
    found = cut(search, [...found, ...(await findInSegments(search, group.segments))]);
  }
  return found;
}

/** Each once: a message may have been indexed while this search was under way. */
function cut({ before, limit }: Search, found: readonly Found[]): Found[] {
  const sorted = found
    .filter(({ row }) => before === undefined || byPosition(row, before) > 0)
    .sort((a, b) => byPosition(a.row, b.row));
  return sorted
    .filter(({ row }, index) => {
      const previous = sorted[index - 1];
      return !previous || byPosition(previous.row, row) !== 0;
    })
    .slice(0, limit);
}

/** Messages that one search reads without an index, of one conversation and of all. */
const MAX_OF_TAIL = 1_000;
const MAX_OF_TAILS = 2_000;

/** All that is not indexed yet, unless very much was written behind the API; then the last messages of it. */
const findInTails = (search: Search, tails: readonly Tail[]): Promise<Found[]> =>
  readFound(search, [...placesOf(tails).take(MAX_OF_TAILS)]);

function* placesOf(tails: readonly Tail[]): Generator<Place, undefined> {
  for (const { conversationId, first, last } of tails) {
    const end = Math.max(first, last - MAX_OF_TAIL + 1);
    for (let sequence = last; sequence >= end; sequence -= 1) {
      yield { conversation_id: conversationId, sequence };
    }
  }
}

/** Candidates of one statement. Each statement is a whole search, so there should be few of them. */
const GROWTH = 10;
const MAX_BATCH = 10_000;
/** A message that has all words of a phrase has the phrase less often. */
const FIRST_BATCH_OF_PHRASES = 500;

/** The index may name messages that do not have the phrases; whatever it names is read before it is found. */
async function findInSegments(search: Search, segments: readonly Segment[]): Promise<Found[]> {
  const { db, terms, phrases, limit } = search;
  const prefixes = segments.map((one) => prefixOf(one.conversationId, one.segment));
  const hasPhrase = phrases.some(({ words }) => words.length > 1);
  const found: Found[] = [];
  let { before } = search;
  let size = hasPhrase ? Math.max(limit, FIRST_BATCH_OF_PHRASES) : limit;
  while (found.length < limit) {
    const candidates = await matchDocuments(db, { prefixes, terms, before, limit: size });
    found.push(...(await readFound(search, candidates, limit)));
    if (candidates.length < size) break;
    before = candidates.at(-1);
    size = Math.min(size * GROWTH, MAX_BATCH);
  }
  return found;
}
