import { type Database, type Trx, transact } from '../core/database.ts';
import { lockUser } from '../core/dialect.ts';
import { notFound } from '../core/problems.ts';
import { requireAnotherAdmin } from './admins.ts';
import { endSessions } from './session-rows.ts';
import type { Sessions } from './sessions.ts';

/**
 * Takes everything personal out of a user's row, which stays as the sender of their messages, and ends their sessions. The
 * name that it gets is one that nobody can register. `deleted_users` notes that they are still to leave their
 * conversations. Throws a 404 for whoever is gone already, and a 409 for the last admin. Returns the ended sessions.
 */
export async function eraseUser(trx: Trx, userId: number): Promise<number[]> {
  await requireAnotherAdmin(trx, userId);
  const user = await lockUser(trx, userId);
  if (!user || user.deleted_at !== null) throw notFound();
  const ended = await endSessions(trx, userId, 'all');
  await trx
    .updateTable('users')
    .set({
      username: `deleted:${userId}`,
      email: `deleted:${userId}`,
      display_name: 'Deleted user',
      display_name_key: '',
      about: '',
      password_hash: '',
      role: 'user',
      last_seen_at: null,
      deleted_at: Date.now(),
    })
    .where('id', '=', userId)
    .execute();
  await trx.deleteFrom('sessions').where('user_id', '=', userId).execute();
  await trx.deleteFrom('push_subscriptions').where('user_id', '=', userId).execute();
  await trx.deleteFrom('mail_tokens').where('user_id', '=', userId).execute();
  await trx.insertInto('deleted_users').values({ user_id: userId }).execute();
  return ended;
}

interface Parts {
  db: Database;
  sessions: Pick<Sessions, 'announceEnd'>;
  /** Takes deleted users out of their conversations, in the background. */
  leaving: { start(): void };
}

/** Deletes a user's own account; see eraseUser. */
export const accountDeleter =
  ({ db, sessions, leaving }: Parts) =>
  async (userId: number): Promise<void> => {
    const ended = await transact(db, (trx) => eraseUser(trx, userId));
    await sessions.announceEnd(userId, ended);
    leaving.start();
  };
