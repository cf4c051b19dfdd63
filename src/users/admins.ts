import type { Trx } from '../core/database.ts';
import { lockAdmins } from '../core/dialect.ts';
import { ProblemError } from '../core/problems.ts';

/**
 * Throws a 409 when this user is the only admin who can sign in. Until the transaction ends nobody else's role changes, so
 * that two admins cannot leave at once. Take it before the row of any user.
 */
export async function requireAnotherAdmin(trx: Trx, userId: number): Promise<void> {
  const admins = await lockAdmins(trx);
  const isAdmin = admins.some(({ id }) => id === userId);
  const isAlone = !admins.some(({ id, disabled_at }) => id !== userId && disabled_at === null);
  if (isAdmin && isAlone) throw new ProblemError('last_admin');
}
