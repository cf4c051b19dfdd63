import type { Database } from '../../core/database.ts';
import { databaseNow } from '../../core/dialect.ts';
import { PROCESS_LIFE } from '../../users/presence.ts';
import type { Device } from './send-push.ts';

/** A member's device, and how far the member is in the conversation. */
export interface Reachable extends Device {
  conversationId: number;
  userId: number;
  /** Messages up to this one are read, or not the member's to see. */
  readThrough: number;
  deliveredSequence: number;
  isOnline: boolean;
  succeededAt: number | null;
}

/** All devices of members who have not muted the conversation, as long as their sessions are in force. */
export async function listReachable(
  db: Database,
  conversationIds: readonly number[],
): Promise<Reachable[]> {
  const rows = await db
    .selectFrom('members')
    .innerJoin('push_subscriptions', 'push_subscriptions.user_id', 'members.user_id')
    .innerJoin('sessions', (join) =>
      join
        .onRef('sessions.id', '=', 'push_subscriptions.session_id')
        .onRef('sessions.user_id', '=', 'push_subscriptions.user_id'),
    )
    .where('members.conversation_id', 'in', conversationIds)
    .where('members.muted', '=', 0)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.expires_at', '>', Date.now())
    .select([
      'members.conversation_id as conversationId',
      'members.user_id as userId',
      'members.read_sequence as readSequence',
      'members.hidden_through as hiddenThrough',
      'members.delivered_sequence as deliveredSequence',
      'push_subscriptions.id as subscriptionId',
      'push_subscriptions.endpoint',
      'push_subscriptions.p256dh',
      'push_subscriptions.auth',
      'push_subscriptions.succeeded_at as succeededAt',
    ])
    .select((eb) =>
      eb
        .selectFrom('online')
        .innerJoin('processes', 'processes.id', 'online.process_id')
        .whereRef('online.user_id', '=', 'members.user_id')
        .where((on) => on('processes.seen_at', '>', on(databaseNow(db), '-', PROCESS_LIFE)))
        .select('online.user_id')
        .limit(1)
        .as('onlineId'),
    )
    .execute();
  return rows.map(({ readSequence, hiddenThrough, onlineId, ...row }) => ({
    ...row,
    readThrough: Math.max(readSequence, hiddenThrough),
    isOnline: onlineId !== null,
  }));
}

/** Messages looked through to find one of another sender, which most often is the first or the second. */
const MAX_NEWEST = 100;

export interface Sent {
  sequence: number;
  senderId: number;
}

/** The newest messages of a stretch that are still there, the newest first. */
export const listNewest = (
  db: Database,
  conversationId: number,
  { from, to }: { from: number; to: number },
): Promise<Sent[]> =>
  db
    .selectFrom('messages')
    .select(['sequence', 'sender_id as senderId'])
    .where('conversation_id', '=', conversationId)
    .where('sequence', '>=', from)
    .where('sequence', '<=', to)
    .where('deleted_at', 'is', null)
    .orderBy('sequence', 'desc')
    .limit(MAX_NEWEST)
    .execute();
