import type { Viewer } from '../core/authenticate.ts';
import type { Trx } from '../core/database.ts';
import { lockConversation } from '../core/dialect.ts';
import { invalidValue, notFound } from '../core/problems.ts';
import { commitAndRing, type Ring, type RingParts } from '../notifications/commit-and-ring.ts';
import { deleteBlock, insertBlock, isBlockBetween } from '../users/blocks.ts';
import { canonical, findUserId } from '../users/users.ts';
import { bumpVersion } from './change-conversation.ts';
import { directKey, findDirect } from './open-direct.ts';

/**
 * Blocks somebody or undoes it; nothing happens where that is so already. From then on, until neither has blocked the other,
 * nobody posts to their direct conversation, nor opens one. Throws a 404 for a name that nobody has, and a 400 for oneself.
 */
export async function setBlock(
  parts: RingParts,
  viewer: Viewer,
  username: string,
  isBlocked: boolean,
): Promise<void> {
  const { userId } = viewer;
  const otherId = await findUserId(parts.db, username);
  if (otherId === undefined) throw notFound();
  if (otherId === userId) throw invalidValue('username', 'must be somebody else');
  const change = isBlocked ? insertBlock : deleteBlock;
  await commitAndRing(parts, async (trx) => {
    const hasChanged = await change(trx, userId, otherId);
    if (!hasChanged) return { rings: [] };
    const direct = await markDirect(trx, [userId, otherId]);
    return { rings: [...direct, ...ringOwnDevices(viewer, canonical(username))] };
  });
}

/** For the own devices alone: whom one has blocked is one's own, and how the other looks to oneself has changed. */
const ringOwnDevices = ({ userId, username }: Viewer, other: string): Ring[] =>
  [username, other].map((id) => ({ event: 'user.updated', id, userIds: [userId] }));

/**
 * Keeps `conversations.blocked` as the blocks are. Whoever changes a block writes here too, after it and under the lock,
 * so the last of them sees all.
 */
async function markDirect(trx: Trx, pair: readonly [number, number]): Promise<Ring[]> {
  const found = await findDirect(trx, directKey(...pair));
  const conversation = found && (await lockConversation(trx, found.id));
  if (!conversation || conversation.blocked === 2) return [];
  const blocked = (await isBlockBetween(trx, ...pair)) ? 1 : 0;
  await bumpVersion(trx, conversation, { blocked });
  return [{ event: 'conversation.updated', id: String(conversation.id), userIds: pair }];
}
