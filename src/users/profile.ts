import { type Database, transact } from '../core/database.ts';
import type { ProfileChanges } from './schemas.ts';
import { searchKey } from './users.ts';

/** Returns whether anything is said to change. */
export async function changeProfile(
  db: Database,
  userId: number,
  { displayName, about }: ProfileChanges,
): Promise<boolean> {
  const name = displayName?.trim();
  const changes = {
    ...(name === undefined ? {} : { display_name: name, display_name_key: searchKey(name) }),
    ...(about === undefined ? {} : { about: about.trim() }),
  };
  if (Object.keys(changes).length === 0) return false;
  await transact(db, (trx) =>
    trx
      .updateTable('users')
      .set(changes)
      .where('id', '=', userId)
      // Whoever deletes the account meanwhile has the last word.
      .where('deleted_at', 'is', null)
      .execute(),
  );
  return true;
}
