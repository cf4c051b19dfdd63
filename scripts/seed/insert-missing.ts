import { type Database, type Trx, transact } from '../../src/core/database.ts';
import { isDuplicateKey } from '../../src/core/dialect.ts';

/** Of rows read or written by one statement: SQLite takes 32,766 parameters, and most rows have fewer than twelve. */
const CHUNK = 500;

/**
 * Runs `work`, which looks up what is there and inserts the rest, over pieces of the list, each in
 * a transaction of its own. When somebody else inserts the same meanwhile, the second look finds it.
 */
export async function insertMissing<T, R>(
  db: Database,
  list: readonly T[],
  work: (trx: Trx, chunk: readonly T[]) => Promise<R[]>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < list.length; start += CHUNK) {
    const attempt = () => transact(db, (trx) => work(trx, list.slice(start, start + CHUNK)));
    const chunk = await attempt().catch((error: unknown) => {
      if (isDuplicateKey(error)) return attempt();
      throw error;
    });
    results.push(...chunk);
  }
  return results;
}
