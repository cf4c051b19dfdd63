import type { Database } from '../core/database.ts';
import { notFound } from '../core/problems.ts';

declare const proof: unique symbol;

/** Proof that a user is a member, with what reading needs; only `requireMembership` makes one. */
export interface Membership {
  readonly [proof]: true;
  readonly conversationId: number;
  readonly userId: number;
  readonly lastSequence: number;
  /** Messages up to this one are not this member's to see. */
  readonly hiddenThrough: number;
  readonly deliveredSequence: number;
  readonly memberCount: number;
}

/** Throws the same 404 for a stranger and for a conversation that is not there. */
export async function requireMembership(
  db: Database,
  conversationId: number | undefined,
  userId: number,
): Promise<Membership> {
  if (conversationId === undefined) throw notFound();
  const row = await db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select([
      'conversations.last_sequence as lastSequence',
      'conversations.member_count as memberCount',
      'members.hidden_through as hiddenThrough',
      'members.delivered_sequence as deliveredSequence',
    ])
    .where('members.conversation_id', '=', conversationId)
    .where('members.user_id', '=', userId)
    .executeTakeFirst();
  if (!row) throw notFound();
  return { conversationId, userId, ...row } as Membership;
}

/** With a Trx that holds the conversation's row, the members are those whom its next message concerns. */
export async function listMemberIds(db: Database, conversationId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('members')
    .select('user_id')
    .where('conversation_id', '=', conversationId)
    .execute();
  return rows.map((row) => row.user_id);
}
