import { sql } from 'kysely';
import type { Database } from '../core/database.ts';
import { blockBetween } from '../users/block-between.ts';

/** Somebody whose presence changed, and one of those who may see it. */
export interface Hearing {
  username: string;
  listenerId: number;
}

/**
 * All who are with one of these users in a conversation that is not large, unless one of the two has blocked the
 * other; the same people who see it in `listPresence`. At most `limit`, no two alike.
 */
export const listAudience = (
  db: Database,
  userIds: readonly number[],
  { presenceMaxMembers, limit }: { presenceMaxMembers: number; limit: number },
): Promise<Hearing[]> =>
  db
    .selectFrom('members as changed')
    .innerJoin('users', 'users.id', 'changed.user_id')
    .innerJoin('conversations', 'conversations.id', 'changed.conversation_id')
    .innerJoin('members as listener', 'listener.conversation_id', 'changed.conversation_id')
    .where('changed.user_id', 'in', userIds)
    .where('conversations.member_count', '<=', presenceMaxMembers)
    .whereRef('listener.user_id', '!=', 'changed.user_id')
    .where((eb) => eb.not(blockBetween(sql.ref('changed.user_id'), sql.ref('listener.user_id'))))
    .select(['users.username', 'listener.user_id as listenerId'])
    .distinct()
    .limit(limit)
    .execute();
