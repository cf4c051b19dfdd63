import { sql } from 'kysely';
import { type Database, type Trx, transact } from '../../core/database.ts';
import { type IndexedMessage, insertDocuments } from './documents.ts';
import { type Head, holdHeads } from './heads.ts';
import { segmentOf } from './terms.ts';

/** Messages of one transaction, which holds up edits in their conversations. */
const MAX_MESSAGES = 200;

/** Conversations of one transaction. */
export const MAX_CONVERSATIONS = 100;

/**
 * Indexes what was posted to these conversations, at most MAX_CONVERSATIONS, since they were last indexed; a bounded
 * number of messages. Resolves to the conversations of which there is more.
 */
export const indexSome = (db: Database, conversationIds: readonly number[]): Promise<number[]> =>
  transact(db, async (trx) => {
    const heads = await holdHeads(trx, conversationIds);
    const { ranges, rest } = await planRanges(trx, heads);
    if (ranges.length > 0) await indexRanges(trx, ranges);
    return rest;
  });

/** Messages from the first to the last, both included, that are to be indexed. */
interface Range {
  head: Head;
  first: number;
  last: number;
}

/**
 * The conversations are read and not locked: whoever posts does not wait for the index. Sequences become visible in
 * order, so all messages up to the last are there.
 */
async function planRanges(
  trx: Trx,
  heads: readonly Head[],
): Promise<{ ranges: Range[]; rest: number[] }> {
  const lastSequences = await listLastSequences(trx, heads);
  const ranges: Range[] = [];
  const rest: number[] = [];
  let room = MAX_MESSAGES;
  for (const head of heads) {
    const first = head.indexed_sequence + 1;
    const last = lastSequences.get(head.conversation_id) ?? 0;
    const end = Math.min(last, first + room - 1);
    if (end >= first) ranges.push({ head, first, last: end });
    if (end < last) rest.push(head.conversation_id);
    room -= Math.max(0, end - first + 1);
  }
  return { ranges, rest };
}

async function listLastSequences(trx: Trx, heads: readonly Head[]): Promise<Map<number, number>> {
  if (heads.length === 0) return new Map();
  const rows = await trx
    .selectFrom('conversations')
    .select(['id', 'last_sequence'])
    .where(
      'id',
      'in',
      heads.map((head) => head.conversation_id),
    )
    .execute();
  return new Map(rows.map((row) => [row.id, row.last_sequence]));
}

async function indexRanges(trx: Trx, ranges: readonly Range[]): Promise<void> {
  const messages = await listMessages(trx, ranges);
  await insertDocuments(trx, messages);
  const byConversation = Map.groupBy(messages, (message) => message.conversation_id);
  const moved = ranges.map((range) => ({
    ...range,
    newestAt: newestOf(range.head, byConversation.get(range.head.conversation_id) ?? []),
  }));
  await closeSegments(trx, moved);
  await moveHeads(trx, moved);
}

const newestOf = (head: Head, messages: readonly IndexedMessage[]): number =>
  messages.reduce((newest, { created_at }) => Math.max(newest, created_at), head.newest_at);

const listMessages = (trx: Trx, ranges: readonly Range[]): Promise<IndexedMessage[]> =>
  trx
    .selectFrom('messages')
    .select(['conversation_id', 'sequence', 'created_at', 'body'])
    .where((eb) =>
      eb.or(
        ranges.map(({ head, first, last }) =>
          eb.and([
            eb('conversation_id', '=', head.conversation_id),
            eb('sequence', '>=', first),
            eb('sequence', '<=', last),
          ]),
        ),
      ),
    )
    .execute();

interface Moved extends Range {
  newestAt: number;
}

/** Of a full segment it is kept how new its messages can be; of the one that is growing, the head says it. */
async function closeSegments(trx: Trx, ranges: readonly Moved[]): Promise<void> {
  const full = ranges
    .filter(({ first, last }) => segmentOf(first) < segmentOf(last + 1))
    .map(({ head, first, newestAt }) => ({
      conversation_id: head.conversation_id,
      segment: segmentOf(first),
      newest_at: newestAt,
    }));
  if (full.length > 0) await trx.insertInto('search_segments').values(full).execute();
}

async function moveHeads(trx: Trx, ranges: readonly Moved[]): Promise<void> {
  const cases = (value: (range: Moved) => number) =>
    sql<number>`case conversation_id ${sql.join(
      ranges.map((range) => sql`when ${range.head.conversation_id} then ${value(range)}`),
      sql` `,
    )} end`;
  await trx
    .updateTable('search_heads')
    .set({
      indexed_sequence: cases(({ last }) => last),
      newest_at: cases(({ newestAt }) => newestAt),
    })
    .where(
      'conversation_id',
      'in',
      ranges.map(({ head }) => head.conversation_id),
    )
    .execute();
}
