import type { Viewer } from '../core/authenticate.ts';
import type { Database } from '../core/database.ts';
import { ProblemError } from '../core/problems.ts';
import { findUserIds } from '../users/users.ts';

/**
 * The ids of those whom somebody brings into a new room, each once and without the inviter. Throws a 400 that
 * names every unknown name by its place, and a 403 for somebody whom a block keeps from the inviter.
 */
export async function findInvited(
  db: Database,
  { userId }: Viewer,
  usernames: readonly string[],
): Promise<number[]> {
  const ids = await findUserIds(db, usernames);
  const errors = usernames.flatMap((name, index) =>
    ids.has(name) ? [] : [{ path: `members.${index}`, message: 'must be the name of a user' }],
  );
  if (errors.length > 0) throw new ProblemError('invalid_input', { errors });
  const invited = [...new Set(ids.values())].filter((id) => id !== userId);
  await refuseBlocked(db, userId, invited);
  return invited;
}

/** Throws a 403 when one of the others has blocked this user, or is blocked by them. */
async function refuseBlocked(
  db: Database,
  userId: number,
  otherIds: readonly number[],
): Promise<void> {
  if (otherIds.length === 0) return;
  const block = await db
    .selectFrom('blocks')
    .select('created_at')
    .where('blocker_id', '=', userId)
    .where('blocked_id', 'in', otherIds)
    .unionAll((eb) =>
      eb
        .selectFrom('blocks')
        .select('created_at')
        .where('blocked_id', '=', userId)
        .where('blocker_id', 'in', otherIds),
    )
    .limit(1)
    .executeTakeFirst();
  if (block) throw new ProblemError('blocked');
}
