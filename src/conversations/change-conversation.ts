import type { Selectable, Updateable } from 'kysely';
import type { Trx } from '../core/database.ts';
import { lockConversation } from '../core/dialect.ts';
import { notFound, ProblemError } from '../core/problems.ts';
import type { Tables } from '../core/tables.ts';

export type ConversationRow = Selectable<Tables['conversations']>;
export type MemberRow = Selectable<Tables['members']>;
export type Role = MemberRow['role'];

/** A member in a conversation that stays as it is until the transaction ends. */
export interface Locked {
  conversation: ConversationRow;
  member: MemberRow;
}

/**
 * What comes first in every transaction that changes a conversation for all: from here on nobody
 * posts to it, changes it, comes or goes. Throws the same 404 for a stranger and for a conversation that is not there.
 */
export async function lockMembership(
  trx: Trx,
  conversationId: number | undefined,
  userId: number,
): Promise<Locked> {
  if (conversationId === undefined) throw notFound();
  const conversation = await lockConversation(trx, conversationId);
  const member = conversation && (await findMember(trx, conversationId, userId));
  if (!conversation || !member) throw notFound();
  return { conversation, member };
}

export const findMember = (
  trx: Trx,
  conversationId: number,
  userId: number,
): Promise<MemberRow | undefined> =>
  trx
    .selectFrom('members')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();

/** Throws a 403 in a direct conversation. */
export function requireRoom({ kind }: Pick<ConversationRow, 'kind'>): void {
  if (kind !== 'room') throw new ProblemError('rooms_only');
}

/** Throws a 403 in a direct conversation, and for whoever has none of these roles. */
export function requireRole({ conversation, member }: Locked, ...roles: readonly Role[]): void {
  requireRoom(conversation);
  if (!roles.includes(member.role)) throw new ProblemError('role_required');
}

/**
 * Counts one more change of a locked conversation, and makes it: whoever holds an earlier version asks
 * what changed. Returns the new version.
 */
export async function bumpVersion(
  trx: Trx,
  conversation: Pick<ConversationRow, 'id' | 'version'>,
  change: Updateable<Tables['conversations']> = {},
  by = 1,
): Promise<number> {
  const version = conversation.version + by;
  await trx
    .updateTable('conversations')
    .set({ ...change, version })
    .where('id', '=', conversation.id)
    .execute();
  return version;
}

/** Notes that a message of a locked conversation is not as it was; returns the conversation's new version. */
export async function recordChange(
  trx: Trx,
  conversation: Pick<ConversationRow, 'id' | 'version'>,
  sequence: number,
): Promise<number> {
  const version = await bumpVersion(trx, conversation);
  const key = { conversation_id: conversation.id, sequence };
  await trx
    .deleteFrom('changes')
    .where('conversation_id', '=', key.conversation_id)
    .where('sequence', '=', key.sequence)
    .execute();
  await trx
    .insertInto('changes')
    .values({ ...key, version })
    .execute();
  return version;
}
