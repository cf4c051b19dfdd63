import type { Background } from '../core/background.ts';
import { type Database, transact } from '../core/database.ts';
import { isDuplicateKey, lockUser } from '../core/dialect.ts';
import type { Mail, Mailer } from '../core/mail.ts';
import { ProblemError } from '../core/problems.ts';
import { requirePassword, setPassword } from './change-password.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import type { Letters } from './letters.ts';
import { findMailToken, issueMailToken, NOBODY, spendMailToken } from './mail-tokens.ts';
import { hashPassword } from './passwords.ts';
import type { ChangeEmailBody, ResetPasswordBody } from './schemas.ts';
import type { Sessions } from './sessions.ts';
import { canonical } from './users.ts';

export interface RecoveryParts {
  db: Database;
  sessions: Pick<Sessions, 'announceEnd'>;
  background: Pick<Background, 'run'>;
  mail: Mailer;
  letters: Letters;
}

/** Sends a mail without making anybody wait. */
export const mailLater = (
  { background, mail }: Pick<RecoveryParts, 'background' | 'mail'>,
  letter: Mail,
): void => background.run('a mail', (signal) => mail.send(letter, signal));

/**
 * Mails a link to set a new password, if somebody has this address. All of it is in the background, and the store has
 * the same work where nobody has: neither the answer nor its time tells, nor those of the next requests.
 */
export function forgetPassword(parts: RecoveryParts, email: string): void {
  const { db, mail, letters, background } = parts;
  background.run('a forgotten password', async (signal) => {
    const user = await db
      .selectFrom('users')
      .select(['id', 'username', 'email'])
      .where('email', '=', canonical(email))
      .where('disabled_at', 'is', null)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    const recipient = user ? { userId: user.id, email: user.email } : NOBODY;
    const token = await issueMailToken(db, 'reset-password', recipient);
    if (!user) return;
    await mail.send(letters.resetPassword(user.email, user.username, token), signal);
  });
}

/** Sets the password and ends every session. Throws a 400 for a token that is not good, or was spent by somebody else. */
export async function resetPassword(
  parts: RecoveryParts,
  { token, password }: ResetPasswordBody,
): Promise<void> {
  const { db, sessions, letters } = parts;
  const found = await findMailToken(db, 'reset-password', token);
  if (!found) throw new ProblemError('mail_token_spent');
  const { userId, email } = found;
  await refuseCommonPassword(password, await getNames(db, userId));
  // Not before: whoever has no token costs no hash.
  const hash = await hashPassword(password);
  const ended = await transact(db, async (trx) => {
    const user = await lockUser(trx, userId);
    const isSpent = await spendMailToken(trx, token);
    // A link that went to an address of before is worth nothing.
    if (!isSpent || user?.email !== email) throw new ProblemError('mail_token_spent');
    return setPassword(trx, userId, hash, 'all');
  });
  await sessions.announceEnd(userId, ended);
  mailLater(parts, letters.passwordChanged(email));
}

/**
 * Mails a link to the new address, which confirms it. Throws a 403 for a wrong password. Whether somebody has the address
 * already comes out only by that mail.
 */
export async function changeEmail(
  parts: RecoveryParts,
  userId: number,
  { email, password }: ChangeEmailBody,
): Promise<void> {
  const { db, mail, letters, background } = parts;
  const { username } = await requirePassword(db, userId, password);
  const address = canonical(email);
  background.run('a change of address', async (signal) => {
    const token = await issueMailToken(db, 'confirm-email', { userId, email: address });
    await mail.send(letters.confirmEmail(address, username, token), signal);
  });
}

/** Throws a 400 for a token that is not good, and a 409 when somebody else has the address by now. */
export async function confirmEmail(parts: RecoveryParts, token: string): Promise<void> {
  const { db, letters } = parts;
  const found = await findMailToken(db, 'confirm-email', token);
  if (!found) throw new ProblemError('mail_token_spent');
  const before = await transact(db, async (trx) => {
    const user = await lockUser(trx, found.userId);
    if (!user || !(await spendMailToken(trx, token))) throw new ProblemError('mail_token_spent');
    await trx
      .updateTable('users')
      .set({ email: found.email })
      .where('id', '=', found.userId)
      .execute();
    return user.email;
  }).catch((error) => {
    if (isDuplicateKey(error)) throw new ProblemError('email_taken', { cause: error });
    throw error;
  });
  mailLater(parts, letters.emailChanged(before, found.email));
}

const getNames = (db: Database, userId: number): Promise<{ username: string; email: string }> =>
  db
    .selectFrom('users')
    .select(['username', 'email'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
