import { type Database, type Trx, transact } from '../core/database.ts';
import { lockConversation, lockMember } from '../core/dialect.ts';
import type { Logger } from '../core/logger.ts';
import { keepSweeping, type Sweeper } from '../core/sweeper.ts';
import { commitAndRing, type Ring, type RingParts } from '../notifications/commit-and-ring.ts';
import { bumpVersion, type ConversationRow } from './change-conversation.ts';
import { endRoom } from './delete-room.ts';
import type { CrowdLimits } from './member-rings.ts';
import { listMemberIds } from './members.ts';
import type { RoomPurge } from './purge-rooms.ts';
import { removeFromRoom } from './remove-member.ts';

/** Conversations that are looked up at once. */
const PAGE = 100;

interface Parts extends RingParts {
  log: Logger;
  config: CrowdLimits;
  purge: Pick<RoomPurge, 'start'>;
  isMigrated(): boolean;
}

/**
 * Takes deleted users out of their rooms, and ends their notes. Direct conversations stay for the other one, who can read
 * them and write nothing more. `deleted_users` names them until all is done.
 */
export const keepLeaving = (parts: Parts): Sweeper =>
  keepSweeping({
    ...parts,
    what: 'deleted users leave their conversations',
    sweep: (signal) => sweep(parts, signal),
  });

async function sweep(parts: Parts, signal: AbortSignal): Promise<void> {
  for (;;) {
    const user = await parts.db
      .selectFrom('deleted_users')
      .select('user_id')
      .where('user_id', '>', 0)
      .orderBy('user_id')
      .limit(1)
      .executeTakeFirst();
    if (!user) return;
    await leaveAll(parts, user.user_id, signal);
    if (signal.aborted) return;
    await transact(parts.db, (trx) =>
      trx.deleteFrom('deleted_users').where('user_id', '=', user.user_id).execute(),
    );
  }
}

async function leaveAll(parts: Parts, userId: number, signal: AbortSignal): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const ids: number[] = await listConversationIds(parts.db, userId, after);
    for (const id of ids) {
      if (signal.aborted) return;
      await leave(parts, userId, id);
    }
    after = ids.at(-1);
  }
}

async function listConversationIds(db: Database, userId: number, after: number) {
  const rows = await db
    .selectFrom('members')
    .select('conversation_id')
    .where('user_id', '=', userId)
    .where('conversation_id', '>', after)
    .orderBy('conversation_id')
    .limit(PAGE)
    .execute();
  return rows.map((row) => row.conversation_id);
}

async function leave(parts: Parts, userId: number, conversationId: number): Promise<void> {
  await commitAndRing(parts, async (trx) => {
    const conversation = await lockConversation(trx, conversationId);
    const member = conversation && (await lockMember(trx, conversationId, userId));
    if (!conversation || !member) return { rings: [] };
    if (conversation.kind === 'direct') return { rings: await closeDirect(trx, conversation) };
    // Whoever stays and holds what this member said holds their name with it.
    const renewed = { ...conversation, version: await renew(trx, conversation) };
    return { rings: await removeFromRoom(trx, renewed, member, parts.config) };
  });
  parts.purge.start();
}

async function closeDirect(trx: Trx, conversation: ConversationRow): Promise<Ring[]> {
  if (conversation.member_count === 1) return [await endRoom(trx, conversation)];
  if (conversation.blocked === 2) return [];
  await renew(trx, conversation, { blocked: 2 });
  const userIds = await listMemberIds(trx, conversation.id);
  return [{ event: 'conversation.updated', id: String(conversation.id), userIds }];
}

/**
 * Makes a sync tell every member to read the conversation anew: no client's version, with which its member's own view is
 * counted, is as high as what is now that of the membership. Returns the new version.
 */
async function renew(
  trx: Trx,
  conversation: ConversationRow,
  change: { blocked?: number } = {},
): Promise<number> {
  const { highest } = await trx
    .selectFrom('members')
    .select((eb) => eb.fn.max('view_version').as('highest'))
    .where('conversation_id', '=', conversation.id)
    .executeTakeFirstOrThrow();
  const version = await bumpVersion(trx, conversation, change, 1 + Number(highest));
  await trx
    .updateTable('members')
    .set({ joined_version: version })
    .where('conversation_id', '=', conversation.id)
    .execute();
  return version;
}
