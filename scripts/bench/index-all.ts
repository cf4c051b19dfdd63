import { readConfig } from '../../src/core/config.ts';
import { openDatabase } from '../../src/core/database.ts';
import { indexSome, MAX_CONVERSATIONS } from '../../src/messages/search/index-messages.ts';
import { listBehind } from '../../src/messages/search/list-behind.ts';

/**
 * Indexes for searches what is in the store, without the rests that a server takes in between: it would do so beside
 * what is to be measured.
 */
export async function indexAll(settings: Record<string, string>): Promise<void> {
  const db = await openDatabase(readConfig(settings));
  let after: number | undefined = 0;
  try {
    while (after !== undefined) {
      const { behind, through } = await listBehind(db, after);
      for (let start = 0; start < behind.length; start += MAX_CONVERSATIONS) {
        let rest = behind.slice(start, start + MAX_CONVERSATIONS);
        while (rest.length > 0) rest = await indexSome(db, rest);
      }
      after = through;
    }
  } finally {
    await db.destroy();
  }
}
