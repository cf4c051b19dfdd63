import type { Selectable } from 'kysely';
import type { Trx } from '../../core/database.ts';
import type { Tables } from '../../core/tables.ts';

export type Head = Selectable<Tables['search_heads']>;

/**
 * Holds the rows of these conversations until the transaction ends; whoever indexes a conversation or changes what
 * may be indexed does this first, after the conversation's own row if it takes that. Counting the turn is what makes
 * it hold on every node of a Galera cluster, where a lock alone is not seen by the others. Deleted rooms have none.
 */
export async function holdHeads(trx: Trx, conversationIds: readonly number[]): Promise<Head[]> {
  const count = async (): Promise<number> => {
    const { numUpdatedRows } = await trx
      .updateTable('search_heads')
      .set((eb) => ({ turn: eb('turn', '+', 1) }))
      .where('conversation_id', 'in', conversationIds)
      .executeTakeFirstOrThrow();
    return Number(numUpdatedRows);
  };
  if ((await count()) < conversationIds.length) {
    await insertMissing(trx, conversationIds);
    await count();
  }
  return trx
    .selectFrom('search_heads')
    .selectAll()
    .where('conversation_id', 'in', conversationIds)
    .orderBy('conversation_id')
    .execute();
}

/** Once a room is deleted, what is indexed of it is purged, and must not come again. */
const insertMissing = (trx: Trx, conversationIds: readonly number[]) =>
  trx
    .insertInto('search_heads')
    .ignore()
    .columns(['conversation_id', 'indexed_sequence', 'newest_at', 'turn'])
    .expression(
      trx
        .selectFrom('conversations')
        .leftJoin('deleted_rooms', 'deleted_rooms.conversation_id', 'conversations.id')
        .select((eb) => [
          'conversations.id',
          eb.lit(0).as('indexed_sequence'),
          eb.lit(0).as('newest_at'),
          eb.lit(0).as('turn'),
        ])
        .where('conversations.id', 'in', conversationIds)
        .where('deleted_rooms.conversation_id', 'is', null)
        .orderBy('conversations.id'),
    )
    .execute();
