import type { Trx } from '../../core/database.ts';
import { insertDocuments } from './documents.ts';
import { holdHeads } from './heads.ts';

/**
 * Has a message found by its new body and no more by its old one; null takes it out. Call it in the transaction that
 * changes the message, with its conversation locked. A message that is not indexed yet is left to whoever indexes it
 * and then, after this transaction, reads the new body.
 */
export async function reindexMessage(
  trx: Trx,
  conversationId: number,
  sequence: number,
  body: string | null,
): Promise<void> {
  const [head] = await holdHeads(trx, [conversationId]);
  if (!head || sequence > head.indexed_sequence) return;
  await trx
    .deleteFrom('search_documents')
    .where('conversation_id', '=', conversationId)
    .where('sequence', '=', sequence)
    .execute();
  if (body === null) return;
  const message = await trx
    .selectFrom('messages')
    .select(['conversation_id', 'sequence', 'created_at'])
    .where('conversation_id', '=', conversationId)
    .where('sequence', '=', sequence)
    .executeTakeFirstOrThrow();
  await insertDocuments(trx, [{ ...message, body }]);
}
