import { sql } from 'kysely';
import type { Database, Trx } from '../core/database.ts';

interface MessageRef {
  conversation_id: number;
  sequence: number;
}

const selectReactions = (db: Database, { conversation_id, sequence }: MessageRef) =>
  db
    .selectFrom('reactions')
    .where('conversation_id', '=', conversation_id)
    .where('sequence', '=', sequence);

const deleteFrom = (trx: Trx, { conversation_id, sequence }: MessageRef) =>
  trx
    .deleteFrom('reactions')
    .where('conversation_id', '=', conversation_id)
    .where('sequence', '=', sequence);

export async function hasReaction(
  trx: Trx,
  message: MessageRef,
  emoji: string,
  userId: number,
): Promise<boolean> {
  const row = await selectReactions(trx, message)
    .select('version')
    .where('emoji', '=', emoji)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** All reactions with one emoji have the version at which it came; undefined when there is none. */
export async function findEmojiVersion(
  trx: Trx,
  message: MessageRef,
  emoji: string,
): Promise<number | undefined> {
  const row = await selectReactions(trx, message)
    .select('version')
    .where('emoji', '=', emoji)
    .limit(1)
    .executeTakeFirst();
  return row?.version;
}

/** How many different ones there are on a message. */
export async function countEmoji(trx: Trx, message: MessageRef): Promise<number> {
  const { count } = await selectReactions(trx, message)
    .select(sql<number>`count(distinct emoji)`.as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export const insertReaction = (
  trx: Trx,
  { conversation_id, sequence }: MessageRef,
  reaction: { emoji: string; user_id: number; version: number },
) =>
  trx
    .insertInto('reactions')
    .values({ conversation_id, sequence, ...reaction })
    .execute();

/** Returns whether there was one. */
export async function deleteReaction(
  trx: Trx,
  message: MessageRef,
  emoji: string,
  userId: number,
): Promise<boolean> {
  const { numDeletedRows } = await deleteFrom(trx, message)
    .where('emoji', '=', emoji)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export const deleteReactions = (trx: Trx, message: MessageRef) =>
  deleteFrom(trx, message).execute();
