import { sql } from 'kysely';
import type { Config } from '../core/config.ts';
import type { Database } from '../core/database.ts';
import { databaseNow } from '../core/dialect.ts';
import { toTimestamp } from '../core/ids.ts';
import { blockBetween } from './block-between.ts';
import type { User } from './schemas.ts';

/** Milliseconds, by the clock of the database, without a sign of life after which a process is dead. */
export const PROCESS_LIFE = 25_000;

/** What reading users needs. */
export interface PresenceParts {
  db: Database;
  config: Pick<Config, 'presence' | 'presenceMaxMembers'>;
}

export type Presence = Pick<User, 'online' | 'lastSeenAt'>;

/** Of strangers, of whom a block stands between, and of everybody when presence is off. */
export const NEUTRAL: Presence = { online: false, lastSeenAt: null };

/**
 * The presence of those users whose presence the viewer may see, in one query: their own, and that of whoever
 * is with them in a conversation that is not large, unless one of the two has blocked the other.
 */
export async function listPresence(
  { db, config }: PresenceParts,
  viewerId: number,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Presence>> {
  if (!config.presence || userIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('users')
    .leftJoin('online', 'online.user_id', 'users.id')
    .leftJoin('processes', 'processes.id', 'online.process_id')
    .where('users.id', 'in', userIds)
    .where('users.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('users.id', '=', viewerId),
        eb.and([
          eb(sharedConversation(db, viewerId, config.presenceMaxMembers), 'is not', null),
          eb.not(blockBetween(sql.ref('users.id'), viewerId)),
        ]),
      ]),
    )
    .groupBy(['users.id', 'users.last_seen_at'])
    .select(['users.id', 'users.last_seen_at as last'])
    .select((eb) => [eb.fn.max('processes.seen_at').as('seen'), databaseNow(db).as('now')])
    .execute();
  return new Map(rows.map((row) => [row.id, toPresence(row)]));
}

/** Of a row of `users`. Not an EXISTS, for which MariaDB may read all members of all conversations of the viewer. */
const sharedConversation = (db: Database, viewerId: number, presenceMaxMembers: number) =>
  db
    .selectFrom('members as theirs')
    .innerJoin('members as mine', 'mine.conversation_id', 'theirs.conversation_id')
    .innerJoin('conversations', 'conversations.id', 'theirs.conversation_id')
    .where('theirs.user_id', '=', sql.ref<number>('users.id'))
    .where('mine.user_id', '=', viewerId)
    .where('conversations.member_count', '<=', presenceMaxMembers)
    .select('conversations.id')
    .limit(1);

/** What a dead process told last holds until somebody has written it down. */
function toPresence({
  last,
  seen,
  now,
}: {
  last: number | null;
  seen: number | null;
  now: number;
}): Presence {
  const latest = Math.max(last ?? 0, seen ?? 0);
  return {
    online: seen !== null && now - seen < PROCESS_LIFE,
    lastSeenAt: latest === 0 ? null : toTimestamp(latest),
  };
}
