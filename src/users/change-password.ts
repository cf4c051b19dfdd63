import type { Viewer } from '../core/authenticate.ts';
import { type Database, type Trx, transact } from '../core/database.ts';
import { lockUser } from '../core/dialect.ts';
import { ProblemError } from '../core/problems.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { ChangePasswordBody } from './schemas.ts';
import { endSessions, type WhichSessions } from './session-rows.ts';
import type { Sessions } from './sessions.ts';

/**
 * Sets another password and ends the user's other sessions, before it resolves. Throws a 403 for a wrong current one and
 * a 400 for a common new one. Resolves to where the user is to be told.
 */
export async function changePassword(
  { db, sessions }: { db: Database; sessions: Pick<Sessions, 'announceEnd'> },
  viewer: Viewer,
  { currentPassword, password }: ChangePasswordBody,
): Promise<{ email: string }> {
  const user = await requirePassword(db, viewer.userId, currentPassword);
  await refuseCommonPassword(password, user);
  const hash = await hashPassword(password);
  const ended = await transact(db, async (trx) => {
    const row = await lockUser(trx, viewer.userId);
    if (row?.password_hash !== user.password_hash) throw new ProblemError('wrong_password');
    return setPassword(trx, viewer.userId, hash, { except: viewer.sessionId });
  });
  await sessions.announceEnd(viewer.userId, ended);
  return user;
}

/** Throws a 403 unless this is the user's password. */
export async function requirePassword(db: Database, userId: number, password: string) {
  const user = await db
    .selectFrom('users')
    .select(['username', 'email', 'password_hash'])
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  const matches = await verifyPassword(password, user?.password_hash);
  if (!user || !matches) throw new ProblemError('wrong_password');
  return user;
}

/** With the user's row locked. Links to set a password go with the old one. Returns the sessions that it ended. */
export async function setPassword(
  trx: Trx,
  userId: number,
  passwordHash: string,
  ending: WhichSessions,
): Promise<number[]> {
  await trx
    .updateTable('users')
    .set({ password_hash: passwordHash })
    .where('id', '=', userId)
    .execute();
  await trx
    .deleteFrom('mail_tokens')
    .where('user_id', '=', userId)
    .where('purpose', '=', 'reset-password')
    .execute();
  return endSessions(trx, userId, ending);
}
