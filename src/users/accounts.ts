import type { Selectable } from 'kysely';
import { type Database, type Trx, transact } from '../core/database.ts';
import { isDuplicateKey, lockUser } from '../core/dialect.ts';
import { ProblemError } from '../core/problems.ts';
import type { Tables } from '../core/tables.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { LoginBody, Me, RegisterBody } from './schemas.ts';
import { canonical, findUserId, searchKey, toMe } from './users.ts';

export type UserRow = Selectable<Tables['users']>;

/** Makes an account and, in the same transaction, whatever `alsoDo` does with it. Throws a 409. */
export async function register<T>(
  db: Database,
  body: RegisterBody,
  alsoDo: (trx: Trx, userId: number) => Promise<T>,
  role: UserRow['role'] = 'user',
): Promise<{ user: Me; result: T }> {
  await refuseCommonPassword(body.password, body);
  const displayName = body.displayName?.trim() ?? body.username;
  const row = {
    username: canonical(body.username),
    email: canonical(body.email),
    display_name: displayName,
    display_name_key: searchKey(displayName),
    about: '',
    password_hash: await hashPassword(body.password),
    role,
    created_at: Date.now(),
  };
  try {
    return await transact(db, async (trx) => {
      const { insertId } = await trx.insertInto('users').values(row).executeTakeFirstOrThrow();
      return { user: toMe(row), result: await alsoDo(trx, Number(insertId)) };
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const nameTaken = await findUserId(db, row.username);
    throw new ProblemError(nameTaken ? 'username_taken' : 'email_taken', { cause: error });
  }
}

/**
 * By username or e-mail; then, in one transaction that holds the user's row, whatever `alsoDo` does. The same 401, after
 * the same work, for an unknown name, a deleted account and a wrong password; whoever knows the password of a disabled
 * account hears so by a 403.
 */
export async function login<T>(
  db: Database,
  body: LoginBody,
  alsoDo: (trx: Trx, userId: number) => Promise<T>,
): Promise<{ user: Me; result: T }> {
  const name = canonical(body.username);
  const found = await db
    .selectFrom('users')
    .select(['id', 'password_hash'])
    .where(name.includes('@') ? 'email' : 'username', '=', name)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  const matches = await verifyPassword(body.password, found?.password_hash);
  if (!found || !matches) throw new ProblemError('wrong_credentials');
  return transact(db, async (trx) => {
    const row = await lockUser(trx, found.id);
    // Somebody has changed it while this one was compared.
    if (row?.password_hash !== found.password_hash) throw new ProblemError('wrong_credentials');
    if (row.disabled_at !== null) throw new ProblemError('account_disabled');
    return { user: toMe(row), result: await alsoDo(trx, row.id) };
  });
}
