import type { Viewer } from '../core/authenticate.ts';
import { type Database, type Trx, transact } from '../core/database.ts';
import { lockUser } from '../core/dialect.ts';
import { notFound } from '../core/problems.ts';
import { requireAnotherAdmin } from '../users/admins.ts';
import { eraseUser } from '../users/delete-account.ts';
import { endSessions } from '../users/session-rows.ts';
import type { Sessions } from '../users/sessions.ts';
import { findUserId } from '../users/users.ts';
import { recordAct } from './audit.ts';
import type { UserChanges } from './schemas.ts';

export interface UserActParts {
  db: Database;
  sessions: Pick<Sessions, 'announceEnd'>;
  /** Takes deleted users out of their conversations, in the background. */
  leaving: { start(): void };
}

/**
 * Keeps a user out or lets them in again, and makes or unmakes an admin; what is so already changes nothing and is not
 * recorded. Throws a 404 for a name that nobody has, and a 409 when no admin would be left who can sign in.
 */
export const changeUser = (
  parts: UserActParts,
  admin: Viewer,
  username: string,
  { disabled, role }: UserChanges,
): Promise<void> =>
  actOnUser(parts, username, async (trx, userId) => {
    if (disabled === true || role === 'user') await requireAnotherAdmin(trx, userId);
    const user = await lockUser(trx, userId);
    if (!user || user.deleted_at !== null) throw notFound();
    const isDisabled = user.disabled_at !== null;
    const record = (act: Parameters<typeof recordAct>[2]['act']) =>
      recordAct(trx, admin.userId, { act, target: user.username });
    const update = (changes: { disabled_at?: number | null; role?: 'user' | 'admin' }) =>
      trx.updateTable('users').set(changes).where('id', '=', userId).execute();

    if (role !== undefined && role !== user.role) {
      await update({ role });
      await record(role === 'admin' ? 'user.promote' : 'user.demote');
    }
    if (disabled === undefined || disabled === isDisabled) return [];
    await update({ disabled_at: disabled ? Date.now() : null });
    await record(disabled ? 'user.disable' : 'user.enable');
    return disabled ? endSessions(trx, userId, 'all') : [];
  });

/** Ends all sessions of a user. Throws a 404 for a name that nobody has. */
export const signOut = (parts: UserActParts, admin: Viewer, username: string): Promise<void> =>
  actOnUser(parts, username, async (trx, userId) => {
    const user = await lockUser(trx, userId);
    if (!user || user.deleted_at !== null) throw notFound();
    const ended = await endSessions(trx, userId, 'all');
    await recordAct(trx, admin.userId, {
      act: 'user.sign-out',
      target: user.username,
      detail: `${ended.length} sessions`,
    });
    return ended;
  });

/** As if the user had deleted the account. Throws a 404 for a name that nobody has, and a 409 for the last admin. */
export async function deleteUser(
  parts: UserActParts,
  admin: Viewer,
  username: string,
): Promise<void> {
  await actOnUser(parts, username, async (trx, userId) => {
    const ended = await eraseUser(trx, userId);
    // Not by the name, of which nothing is to stay.
    await recordAct(trx, admin.userId, { act: 'user.delete', target: `deleted:${userId}` });
    return ended;
  });
  parts.leaving.start();
}

/** In one transaction; the sessions that it returns have ended, and their sockets are closed. */
async function actOnUser(
  { db, sessions }: UserActParts,
  username: string,
  act: (trx: Trx, userId: number) => Promise<number[]>,
): Promise<void> {
  const userId = await findUserId(db, username);
  if (userId === undefined) throw notFound();
  const ended = await transact(db, (trx) => act(trx, userId));
  await sessions.announceEnd(userId, ended);
}
