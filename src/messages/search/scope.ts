import type { Database } from '../../core/database.ts';
import { notFound } from '../../core/problems.ts';
import { SEGMENT_SIZE, segmentOf } from './terms.ts';

/** What one search looks at: conversations of one user, as they were when it began. */
export interface Scope {
  segments: Segment[];
  tails: Tail[];
}

/** Messages that were indexed under one prefix. */
export interface Segment {
  conversationId: number;
  segment: number;
  /** How many the user may see, at most. */
  size: number;
  /** No message of it is newer. */
  newestAt: number;
}

/** Messages that are not indexed yet, from the first to the last, both included. */
export interface Tail {
  conversationId: number;
  first: number;
  last: number;
}

/** All conversations of the user, or the one that is named; throws a 404 when it is not the user's. */
export async function findScope(
  db: Database,
  userId: number,
  conversationId: number | undefined,
): Promise<Scope> {
  const views = await listViews(db, userId, conversationId);
  if (views.length === 0 && conversationId !== undefined) throw notFound();
  return {
    segments: (await listSegments(db, views)).filter(({ size }) => size > 0),
    tails: views.map(toTail).filter(({ first, last }) => first <= last),
  };
}

/** A conversation as one member may see it. */
interface View {
  conversationId: number;
  hiddenThrough: number;
  lastSequence: number;
  indexedSequence: number;
  newestAt: number;
}

/** The conversations with the latest activity first. */
async function listViews(
  db: Database,
  userId: number,
  conversationId: number | undefined,
): Promise<View[]> {
  const rows = await db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .leftJoin('search_heads', 'search_heads.conversation_id', 'members.conversation_id')
    .select([
      'members.conversation_id as conversationId',
      'members.hidden_through as hiddenThrough',
      'conversations.last_sequence as lastSequence',
      'conversations.updated_at as updatedAt',
      'search_heads.indexed_sequence as indexedSequence',
      'search_heads.newest_at as newestAt',
    ])
    .where('members.user_id', '=', userId)
    .$if(conversationId !== undefined, (query) =>
      query.where('members.conversation_id', '=', conversationId ?? 0),
    )
    .execute();
  return rows
    .sort((a, b) => b.updatedAt - a.updatedAt)
    .map((row) => ({
      ...row,
      indexedSequence: row.indexedSequence ?? 0,
      newestAt: row.newestAt ?? 0,
    }));
}

async function listSegments(db: Database, views: readonly View[]): Promise<Segment[]> {
  const indexed = views.filter(({ indexedSequence }) => indexedSequence > 0);
  const growing = indexed.map((view) =>
    toSegment(view, segmentOf(view.indexedSequence), view.newestAt),
  );
  const viewOf = new Map(
    indexed
      .filter(({ indexedSequence }) => segmentOf(indexedSequence) > 0)
      .map((view) => [view.conversationId, view]),
  );
  if (viewOf.size === 0) return growing;
  const rows = await db
    .selectFrom('search_segments')
    .selectAll()
    .where('conversation_id', 'in', [...viewOf.keys()])
    .execute();
  const full = rows.flatMap(({ conversation_id, segment, newest_at }) => {
    const view = viewOf.get(conversation_id);
    // It may have come to be full just now, and is among the growing ones.
    if (!view || segment >= segmentOf(view.indexedSequence)) return [];
    return [toSegment(view, segment, newest_at)];
  });
  return [...growing, ...full];
}

function toSegment(view: View, segment: number, newestAt: number): Segment {
  const first = Math.max(segment * SEGMENT_SIZE, view.hiddenThrough) + 1;
  const last = Math.min((segment + 1) * SEGMENT_SIZE, view.indexedSequence);
  return { conversationId: view.conversationId, segment, size: last - first + 1, newestAt };
}

const toTail = ({ conversationId, hiddenThrough, indexedSequence, lastSequence }: View): Tail => ({
  conversationId,
  first: Math.max(hiddenThrough, indexedSequence) + 1,
  last: lastSequence,
});
