import type { Updateable } from 'kysely';
import type { Viewer } from '../core/authenticate.ts';
import type { Config } from '../core/config.ts';
import type { Database, Trx } from '../core/database.ts';
import type { Tables } from '../core/tables.ts';
import { commitAndRing, type Ring, type RingParts } from '../notifications/commit-and-ring.ts';
import { listMemberIds, type Membership, requireMembership } from './members.ts';
import type { Preferences } from './schemas.ts';

export interface MarkerParts extends RingParts {
  config: Pick<Config, 'presence' | 'presenceMaxMembers'>;
}

/**
 * Moves the read marker forward; the larger value stands, whatever order two devices ask in. The user's
 * other devices hear of it and, unless the room is large, so do the other members, who may show it. Throws a 404 for
 * whoever is not a member.
 */
export async function markRead(
  parts: MarkerParts,
  { userId }: Viewer,
  { conversationId, sequence }: { conversationId: number | undefined; sequence: number },
): Promise<void> {
  const membership = await requireMembership(parts.db, conversationId, userId);
  const reached = Math.min(sequence, membership.lastSequence);
  await commitAndRing(parts, async (trx) => {
    const hasMoved = await changeView(trx, membership, { read_sequence: reached });
    return { rings: hasMoved ? [await markerRing(trx, membership, parts.config)] : [] };
  });
}

async function markerRing(
  db: Database,
  { conversationId, userId, memberCount }: Membership,
  { presenceMaxMembers }: MarkerParts['config'],
): Promise<Ring> {
  const isSmall = memberCount <= presenceMaxMembers;
  const userIds = isSmall ? await listMemberIds(db, conversationId) : [userId];
  return { event: 'conversation.updated', id: String(conversationId), userIds };
}

/** One's own view of a conversation, which nobody else hears of. Throws a 404 for whoever is not a member. */
export async function setPreferences(
  parts: RingParts,
  { userId }: Viewer,
  conversationId: number | undefined,
  preferences: Preferences,
): Promise<void> {
  const membership = await requireMembership(parts.db, conversationId, userId);
  const { muted, archived, clearedThrough } = preferences;
  const { lastSequence } = membership;
  const changes: MemberChange[] = [
    ...(muted === undefined ? [] : [{ muted: muted ? 1 : 0 }]),
    ...(archived === undefined ? [] : [{ archived_sequence: archived ? lastSequence : null }]),
    ...(clearedThrough === undefined
      ? []
      : [{ hidden_through: Math.min(clearedThrough, lastSequence) }]),
  ];
  if (changes.length === 0) return;
  await commitAndRing(parts, async (trx) => {
    for (const change of changes) await changeView(trx, membership, change);
    const id = String(membership.conversationId);
    return { rings: [{ event: 'conversation.updated', id, userIds: [userId] }] };
  });
}

type MemberChange = Pick<
  Updateable<Tables['members']>,
  'muted' | 'archived_sequence' | 'read_sequence'
> & { hidden_through?: number };

/** Positions only move forward. Returns whether anything did. */
async function changeView(
  trx: Trx,
  { conversationId, userId }: Membership,
  change: MemberChange,
): Promise<boolean> {
  const { read_sequence: read, hidden_through: hidden } = change;
  const { numUpdatedRows } = await trx
    .updateTable('members')
    .set((eb) => ({ ...change, view_version: eb('view_version', '+', 1) }))
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId)
    .$if(read !== undefined, (query) => query.where('read_sequence', '<', read ?? 0))
    .$if(hidden !== undefined, (query) => query.where('hidden_through', '<', hidden ?? 0))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
