import { sql } from 'kysely';
import type { Viewer } from '../core/authenticate.ts';
import type { Config } from '../core/config.ts';
import type { Database } from '../core/database.ts';
import type { Whisper } from '../notifications/announce.ts';
import { blockBetween } from '../users/block-between.ts';
import { requireMembership } from './members.ts';

/** Milliseconds in which somebody types once in one conversation, in the eyes of the others. */
const INTERVAL = 2_000;
/** Of whom it is remembered when they typed where; one more than that may be heard too often. */
const MAX_REMEMBERED = 10_000;

export interface TypingParts {
  db: Database;
  whisper: Whisper;
  config: Pick<Config, 'typing' | 'presenceMaxMembers'>;
}

/**
 * Tells the other members that somebody types, unless the room is large; nobody whom a block keeps from the
 * typist. Nothing shows the typist whether anybody heard it. Throws a 404 for whoever is not a member.
 */
export function typingTeller({ db, whisper, config }: TypingParts) {
  const isAgain = remember();
  return async (viewer: Viewer, conversationId: number | undefined): Promise<void> => {
    const { conversationId: id } = await requireMembership(db, conversationId, viewer.userId);
    if (!config.typing || isAgain(`${id} ${viewer.userId}`)) return;
    const listeners = await listListeners(db, id, viewer.userId, config);
    const frame = { event: 'typing', id: String(id), user: viewer.username } as const;
    await whisper(frame, listeners);
  };
}

async function listListeners(
  db: Database,
  conversationId: number,
  typistId: number,
  { presenceMaxMembers }: TypingParts['config'],
): Promise<number[]> {
  const rows = await db
    .selectFrom('conversations')
    .innerJoin('members', 'members.conversation_id', 'conversations.id')
    .select('members.user_id')
    .where('conversations.id', '=', conversationId)
    .where('conversations.member_count', '<=', presenceMaxMembers)
    .where('members.user_id', '!=', typistId)
    .where((eb) => eb.not(blockBetween(sql.ref('members.user_id'), typistId)))
    .execute();
  return rows.map((row) => row.user_id);
}

/** Returns whether the same was asked less than INTERVAL ago. */
function remember(): (key: string) => boolean {
  const times = new Map<string, number>();
  return (key) => {
    const now = performance.now();
    if (now - (times.get(key) ?? -Infinity) < INTERVAL) return true;
    // Behind the others, so that the first is always the oldest.
    times.delete(key);
    times.set(key, now);
    if (times.size > MAX_REMEMBERED) {
      const [oldest = ''] = times.keys();
      times.delete(oldest);
    }
    return false;
  };
}
