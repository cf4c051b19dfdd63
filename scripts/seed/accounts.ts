import type { Database, Trx } from '../../src/core/database.ts';
import { hashPassword } from '../../src/users/passwords.ts';
import { searchKey } from '../../src/users/users.ts';
import { CommandError } from '../support/command.ts';
import { insertMissing } from './insert-missing.ts';
import type { Person } from './people.ts';

export const PASSWORD = 'two short, one long';

/** People joined before their first conversation, which is at most this long ago, in milliseconds. */
const JOINED_AGO = 3 * 365 * 24 * 3_600_000;

/** Registers whoever has no account; returns the ids of all, in their order. */
export async function ensureAccounts(db: Database, people: readonly Person[]): Promise<number[]> {
  const now = Date.now();
  let hash: Promise<string> | undefined;
  return insertMissing(db, people, async (trx, chunk) => {
    const known = await findAccounts(trx, chunk);
    const missing = chunk.filter((person) => !known.has(person.username));
    if (missing.length > 0) {
      hash ??= hashPassword(PASSWORD);
      const rows = missing.map(rowOf(await hash, now - JOINED_AGO));
      await trx.insertInto('users').values(rows).execute();
    }
    const all = missing.length > 0 ? await findAccounts(trx, chunk) : known;
    return chunk.map((person) => ownId(person, all.get(person.username)));
  });
}

interface Account {
  id: number;
  username: string;
  email: string;
}

async function findAccounts(trx: Trx, people: readonly Person[]): Promise<Map<string, Account>> {
  const rows = await trx
    .selectFrom('users')
    .select(['id', 'username', 'email'])
    .where(
      'username',
      'in',
      people.map((person) => person.username),
    )
    .execute();
  return new Map(rows.map((row) => [row.username, row]));
}

/** Nobody real has words put in their mouth. */
function ownId(person: Person, account: Account | undefined): number {
  if (account?.email === person.email) return account.id;
  throw new CommandError(
    `${person.username} is somebody's own account here; choose another --seed`,
  );
}

const rowOf = (passwordHash: string, joinedAt: number) => (person: Person) => ({
  username: person.username,
  email: person.email,
  display_name: person.displayName,
  display_name_key: searchKey(person.displayName),
  about: person.about,
  password_hash: passwordHash,
  role: 'user' as const,
  created_at: joinedAt,
});
