import { type Database, type Trx, transact } from '../core/database.ts';
import { isDuplicateKey } from '../core/dialect.ts';
import { notFound } from '../core/problems.ts';
import type { ResyncLater } from '../notifications/resync-later.ts';
import { holdUnblocked } from '../users/blocks.ts';
import { findUserId } from '../users/users.ts';
import { insertMembers } from './insert-members.ts';

/**
 * Finds or opens the one direct conversation of two users; with oneself, for notes, it has one
 * member. Two who open it at once get the same one: the unique key decides. Throws a 404 when
 * there is no such user, and a 403 instead of opening one when one of the two has blocked the other.
 */
export async function openDirect(
  { db, resyncLater }: { db: Database; resyncLater: ResyncLater },
  userId: number,
  username: string,
): Promise<{ id: number; created: boolean; memberIds: number[] }> {
  const otherId = await findUserId(db, username);
  if (otherId === undefined) throw notFound();
  const memberIds = [...new Set([userId, otherId])];
  const key = directKey(userId, otherId);
  const whenUnknown = () => resyncLater(memberIds);
  const id = (await findDirect(db, key)) ?? (await insertDirect(db, key, memberIds, whenUnknown));
  if (id !== undefined) return { ...id, memberIds };
  const winner = await findDirect(db, key);
  if (!winner) throw new Error(`direct conversation ${key} was there a moment ago`);
  return { ...winner, memberIds };
}

/** What the direct conversation of two users is found by. */
export const directKey = (one: number, other: number): string =>
  `${Math.min(one, other)}:${Math.max(one, other)}`;

export async function findDirect(db: Database, key: string) {
  const row = await db
    .selectFrom('conversations')
    .select('id')
    .where('direct_key', '=', key)
    .executeTakeFirst();
  return row && { id: row.id, created: false };
}

/** Undefined when somebody else was first. */
async function insertDirect(
  db: Database,
  key: string,
  memberIds: readonly number[],
  whenUnknown: () => void,
) {
  try {
    const id = await transact(db, (trx) => insertRows(trx, key, memberIds), whenUnknown);
    return { id, created: true };
  } catch (error) {
    if (isDuplicateKey(error)) return undefined;
    throw error;
  }
}

async function insertRows(trx: Trx, key: string, memberIds: readonly number[]): Promise<number> {
  const now = Date.now();
  const { insertId } = await trx
    .insertInto('conversations')
    .values({
      kind: 'direct',
      title: null,
      topic: null,
      visibility: 'private',
      max_members: memberIds.length,
      direct_key: key,
      member_count: memberIds.length,
      last_sequence: 0,
      version: 1,
      created_at: now,
      updated_at: now,
    })
    .executeTakeFirstOrThrow();
  const id = Number(insertId);
  const [one, other] = memberIds;
  // After the row of the conversation, which has made those wait who open the same one.
  if (one !== undefined && other !== undefined) await holdUnblocked(trx, one, other);
  const members = memberIds.map((userId) => ({
    conversation_id: id,
    user_id: userId,
    role: 'member' as const,
    read_sequence: 0,
    joined_sequence: 0,
    joined_at: now,
  }));
  await insertMembers(trx, members);
  return id;
}
