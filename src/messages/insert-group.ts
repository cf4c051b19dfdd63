import type { Recipients } from '../conversations/recipients.ts';
import { type Database, transact } from '../core/database.ts';
import { isDuplicateKey } from '../core/dialect.ts';
import { reach } from '../core/failpoints.ts';
import type { ResyncLater } from '../notifications/resync-later.ts';
import { insertMessages, NothingInserted, type Outcome, type Writing } from './insert-messages.ts';
import type { CheckedPost } from './rule-posts.ts';

export interface InsertParts {
  db: Database;
  recipients: Recipients;
  resyncLater: ResyncLater;
}

export interface Inserting extends Pick<Writing, 'written'> {
  /** Of the transaction, before its error is thrown. */
  attempts?: number;
}

/** Inserts posts in one transaction; resolves after COMMIT to what became of each, and rejects for all of them. */
export function groupInserter({ db, recipients, resyncLater }: InsertParts) {
  async function insert(
    posts: readonly CheckedPost[],
    { attempts, ...writing }: Inserting & Writing,
  ): Promise<readonly Outcome[]> {
    try {
      const outcomes = await transact(
        db,
        (trx) => insertMessages(trx, recipients, posts, writing),
        (unknown) => resyncLater(unknown.flatMap(recipientsOf)),
        attempts === undefined ? {} : { attempts },
      );
      reach('after-commit');
      return outcomes;
    } catch (error) {
      if (error instanceof NothingInserted) return error.outcomes;
      throw error;
    }
  }

  return async (posts: readonly CheckedPost[], options: Inserting = {}) => {
    try {
      return await insert(posts, options);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return await insert(posts, { ...options, looksForRepeats: true });
    }
  };
}

const recipientsOf = (outcome: Outcome): readonly number[] =>
  outcome.kind === 'inserted' ? outcome.memberIds : [];
