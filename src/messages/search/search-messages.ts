import { toMessages } from '../../conversations/message-view.ts';
import type { Database } from '../../core/database.ts';
import { parseId } from '../../core/ids.ts';
import { cutPage } from '../../core/paging.ts';
import { notFound } from '../../core/problems.ts';
import { findNewest } from './find-newest.ts';
import type { Found } from './found.ts';
import type { Indexing } from './keep-indexing.ts';
import { formatPosition, parsePosition } from './positions.ts';
import { parseQuery } from './query.ts';
import {
  DEFAULT_LIMIT,
  type FoundMessage,
  type SearchAnswer,
  type SearchQuery,
} from './schemas.ts';
import { findScope } from './scope.ts';
import { queryTerms } from './terms.ts';

export interface SearchParts {
  db: Database;
  indexing: Pick<Indexing, 'touch'>;
}

/**
 * The newest messages that have what is searched for, of those that the user may read. What was posted before is
 * found, in whichever process it was posted. Throws a 400 for a query without a word, and a 404 for a conversation that
 * is not the user's.
 */
export async function searchMessages(
  { db, indexing }: SearchParts,
  userId: number,
  { q, conversation, before, limit = DEFAULT_LIMIT }: SearchQuery,
): Promise<SearchAnswer> {
  const phrases = parseQuery(q);
  const position = before === undefined ? undefined : parsePosition(before);
  const conversationId = conversation === undefined ? undefined : requireId(conversation);
  const scope = await findScope(db, userId, conversationId);
  indexing.touch(scope.tails.map((tail) => tail.conversationId));
  const search = { db, userId, phrases, terms: queryTerms(phrases), before: position };
  const found = await findNewest({ ...search, limit: limit + 1 }, scope);
  const { page, hasMore } = cutPage(found, limit);
  const last = page.at(-1);
  return {
    messages: await toFoundMessages(db, userId, page),
    hasMore,
    next: hasMore && last ? formatPosition(last.row) : null,
  };
}

function requireId(text: string): number {
  const id = parseId(text);
  if (id === undefined) throw notFound();
  return id;
}

async function toFoundMessages(
  db: Database,
  userId: number,
  found: readonly Found[],
): Promise<FoundMessage[]> {
  const messages = await toMessages(
    db,
    userId,
    found.map(({ row }) => row),
  );
  return messages.map((message, index) => ({
    ...message,
    highlights: found[index]?.highlights ?? [],
  }));
}
