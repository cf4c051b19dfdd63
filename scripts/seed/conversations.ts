import type { Database, Trx } from '../../src/core/database.ts';
import { type Cast, type CastConversation, castConversation } from './cast.ts';
import { insertMissing } from './insert-missing.ts';
import type { PlannedConversation } from './plan.ts';

/** How far a conversation is. */
export interface Head {
  lastSequence: number;
  /** When its last message was sent, or it was opened. */
  updatedAt: number;
}

export interface Conversation extends CastConversation, Head {
  id: number;
}

/** Opens whatever is not open yet; returns all conversations as they stand, in the order of their ids. */
export async function ensureConversations(
  db: Database,
  plan: readonly PlannedConversation[],
  cast: Cast,
): Promise<Conversation[]> {
  const wanted = plan.map((planned) => castConversation(cast, planned));
  const all = await insertMissing(db, wanted, async (trx, chunk) => {
    const known = await findConversations(trx, chunk);
    const missing = chunk.filter(({ directKey }) => !known.has(directKey));
    if (missing.length > 0) await insertConversations(trx, missing);
    const stored = missing.length > 0 ? await findConversations(trx, chunk) : known;
    return chunk.flatMap((one) => {
      const head = stored.get(one.directKey);
      return head ? [{ ...one, ...head }] : [];
    });
  });
  return all.sort((a, b) => a.id - b.id);
}

async function findConversations(trx: Trx, chunk: readonly CastConversation[]) {
  const rows = await trx
    .selectFrom('conversations')
    .select(['id', 'direct_key', 'last_sequence', 'updated_at'])
    .where(
      'direct_key',
      'in',
      chunk.map(({ directKey }) => directKey),
    )
    .execute();
  return new Map(
    rows.map(({ id, direct_key, last_sequence, updated_at }) => [
      direct_key,
      { id, lastSequence: last_sequence, updatedAt: updated_at },
    ]),
  );
}

async function insertConversations(trx: Trx, missing: readonly CastConversation[]): Promise<void> {
  await trx.insertInto('conversations').values(missing.map(rowOf)).execute();
  const opened = await findConversations(trx, missing);
  const members = missing.flatMap(({ directKey, userIds, opensAt }) =>
    userIds.map((userId) => ({
      conversation_id: opened.get(directKey)?.id ?? 0,
      user_id: userId,
      role: 'member' as const,
      read_sequence: 0,
      joined_sequence: 0,
      joined_at: opensAt,
    })),
  );
  await trx.insertInto('members').values(members).execute();
}

const rowOf = ({ directKey, opensAt }: CastConversation) => ({
  kind: 'direct' as const,
  title: null,
  topic: null,
  visibility: 'private' as const,
  max_members: 2,
  direct_key: directKey,
  member_count: 2,
  last_sequence: 0,
  version: 1,
  created_at: opensAt,
  updated_at: opensAt,
});
