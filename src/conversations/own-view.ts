import type { Expression, ExpressionBuilder, SqlBool, Updateable } from 'kysely';
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
    const hasMoved = await changeView(trx, membership, [advancing('read_sequence', reached)]);
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

/**
 * One's own view of a conversation, which nobody else hears of; nothing rings for what is so already. Clearing only
 * moves forward. Throws a 404 for whoever is not a member.
 */
export async function setPreferences(
  parts: RingParts,
  { userId }: Viewer,
  conversationId: number | undefined,
  { muted, archived, clearedThrough }: Preferences,
): Promise<void> {
  const membership = await requireMembership(parts.db, conversationId, userId);
  const { lastSequence } = membership;
  const changes: ViewChange[] = [
    ...(muted === undefined ? [] : [muting(muted)]),
    ...(archived === undefined ? [] : [archiving(archived, lastSequence)]),
    ...(clearedThrough === undefined
      ? []
      : [advancing('hidden_through', Math.min(clearedThrough, lastSequence))]),
  ];
  if (changes.length === 0) return;
  await commitAndRing(parts, async (trx) => {
    const hasChanged = await changeView(trx, membership, changes);
    const id = String(membership.conversationId);
    return { rings: hasChanged ? [{ event: 'conversation.updated', id, userIds: [userId] }] : [] };
  });
}

/** A change of one's own view, and whether it is one, as the row is when it is made. */
interface ViewChange {
  values(eb: MemberBuilder): Updateable<Tables['members']>;
  isChange(eb: MemberBuilder): Expression<SqlBool>;
}
type MemberBuilder = ExpressionBuilder<Tables, 'members'>;

/** The larger value stands, whatever order two devices ask in. */
const advancing = (position: 'read_sequence' | 'hidden_through', sequence: number): ViewChange => ({
  values: (eb) => ({
    [position]: eb.case().when(position, '<', sequence).then(sequence).else(eb.ref(position)).end(),
  }),
  isChange: (eb) => eb(position, '<', sequence),
});

const muting = (isMuted: boolean): ViewChange => ({
  values: () => ({ muted: isMuted ? 1 : 0 }),
  isChange: (eb) => eb('muted', '!=', isMuted ? 1 : 0),
});

const archiving = (isArchived: boolean, lastSequence: number): ViewChange => ({
  values: () => ({ archived_sequence: isArchived ? lastSequence : null }),
  isChange: (eb) => {
    const isNull = eb('archived_sequence', 'is', null);
    return isArchived
      ? eb.or([isNull, eb('archived_sequence', '<', lastSequence)])
      : eb.not(isNull);
  },
});

/** In one statement, which counts as one change. Returns whether anything changed. */
async function changeView(
  trx: Trx,
  { conversationId, userId }: Membership,
  changes: readonly ViewChange[],
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('members')
    .set((eb) => ({
      ...Object.assign({}, ...changes.map(({ values }) => values(eb))),
      view_version: eb('view_version', '+', 1),
    }))
    .where('conversation_id', '=', conversationId)
    .where('user_id', '=', userId)
    .where((eb) => eb.or(changes.map(({ isChange }) => isChange(eb))))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
