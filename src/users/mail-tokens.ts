import { type Database, type Trx, transact } from '../core/database.ts';
import { hashOf, randomSecret } from './refresh-tokens.ts';

/** Milliseconds. */
const LIFE = 30 * 60_000;

export type Purpose = 'reset-password' | 'confirm-email';

export interface MailToken {
  userId: number;
  email: string;
}

/** Of nobody: what is issued to them goes at once. */
export const NOBODY: MailToken = { userId: 0, email: '' };

/** Makes a token that is good for one use within half an hour; the store has its hash. */
export async function issueMailToken(
  db: Database,
  purpose: Purpose,
  { userId, email }: MailToken,
): Promise<string> {
  const token = randomSecret();
  const now = Date.now();
  await transact(db, async (trx) => {
    await trx
      .deleteFrom('mail_tokens')
      .where('user_id', '=', userId)
      .where('expires_at', '<=', now)
      .execute();
    await trx
      .insertInto('mail_tokens')
      .values({
        token_hash: hashOf(token),
        user_id: userId,
        purpose,
        email,
        expires_at: now + LIFE,
      })
      .execute();
    if (userId === NOBODY.userId) await spendMailToken(trx, token);
  });
  return token;
}

/** Without spending it; undefined when it is not good. */
export async function findMailToken(
  db: Database,
  purpose: Purpose,
  token: string,
): Promise<MailToken | undefined> {
  const row = await db
    .selectFrom('mail_tokens')
    .select(['user_id', 'email'])
    .where('token_hash', '=', hashOf(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', Date.now())
    .executeTakeFirst();
  return row && { userId: row.user_id, email: row.email };
}

/** False when it was not there to spend; of many who spend one at once, for all but the first. */
export async function spendMailToken(trx: Trx, token: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('mail_tokens')
    .where('token_hash', '=', hashOf(token))
    .where('expires_at', '>', Date.now())
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}
