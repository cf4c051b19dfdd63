import type { Database, Trx } from '../core/database.ts';
import { isDuplicateKey } from '../core/dialect.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { ProblemError } from '../core/problems.ts';
import type { BlockListQuery, UserList } from './schemas.ts';
import { publicUserColumns, toUser } from './users.ts';

/** A page of those whom this user has blocked, by username. */
export async function listBlocked(
  db: Database,
  blockerId: number,
  { after = '', limit = DEFAULT_PAGE }: BlockListQuery,
): Promise<UserList> {
  const rows = await db
    .selectFrom('blocks')
    .innerJoin('users', 'users.id', 'blocks.blocked_id')
    .select(publicUserColumns)
    .where('blocks.blocker_id', '=', blockerId)
    .where('users.username', '>', after.toLowerCase())
    .orderBy('users.username')
    .limit(limit + 1)
    .execute();
  const { page, hasMore } = cutPage(rows, limit);
  return {
    users: page.map((row) => toUser(row)),
    hasMore,
    next: hasMore ? (page.at(-1)?.username ?? null) : null,
  };
}

/** Returns false when it was there before. */
export async function insertBlock(
  trx: Trx,
  blockerId: number,
  blockedId: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('blocks')
    .ignore()
    .values({ blocker_id: blockerId, blocked_id: blockedId, created_at: Date.now() })
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Returns false when there was none. */
export async function deleteBlock(
  trx: Trx,
  blockerId: number,
  blockedId: number,
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('blocks')
    .where('blocker_id', '=', blockerId)
    .where('blocked_id', '=', blockedId)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

const blocksOf = (one: number, other: number) => [
  { blocker_id: one, blocked_id: other },
  { blocker_id: other, blocked_id: one },
];

/** Whether one of the two has blocked the other. */
export async function isBlockBetween(db: Database, one: number, other: number): Promise<boolean> {
  const row = await db
    .selectFrom('blocks')
    .select('created_at')
    .where((eb) => eb.or(blocksOf(one, other).map((block) => eb.and(block))))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Throws a 403 when one of the two has blocked the other. Until the transaction ends nobody else can: the keys
 * of both blocks are taken and given back, and whoever wants one of them waits, or, where a database commits on
 * several nodes, fails and tries again.
 */
export async function holdUnblocked(trx: Trx, one: number, other: number): Promise<void> {
  const blocks = blocksOf(one, other);
  try {
    await trx
      .insertInto('blocks')
      .values(blocks.map((block) => ({ ...block, created_at: 0 })))
      .execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw new ProblemError('blocked', { cause: error });
    throw error;
  }
  await trx
    .deleteFrom('blocks')
    .where((eb) => eb.or(blocks.map((block) => eb.and(block))))
    .execute();
}
