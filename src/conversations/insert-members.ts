import type { Insertable } from 'kysely';
import type { Trx } from '../core/database.ts';
import { notFound } from '../core/problems.ts';
import type { Tables } from '../core/tables.ts';

/**
 * Throws a 404 when one of them deletes the account at this moment. Asked after the insert, whose foreign key waits for
 * that: either this sees the deletion, or whoever deletes finds the member.
 */
export async function insertMembers(
  trx: Trx,
  members: readonly Insertable<Tables['members']>[],
): Promise<void> {
  await trx.insertInto('members').values(members).execute();
  const deleted = await trx
    .selectFrom('users')
    .select('id')
    .where(
      'id',
      'in',
      members.map(({ user_id }) => user_id),
    )
    .where('deleted_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  if (deleted) throw notFound();
}
