import type { Config } from '../core/config.ts';
import type { Trx } from '../core/database.ts';
import type { Ring } from '../notifications/commit-and-ring.ts';
import type { ConversationRow } from './change-conversation.ts';
import { listMemberIds } from './members.ts';

export type CrowdLimits = Pick<Config, 'presenceMaxMembers'>;

/**
 * Word to the members that somebody came, went or changed role. In a large room only those hear it whom it
 * concerns: the others see it with their next sync, by the version.
 */
export async function ringMembers(
  trx: Trx,
  { id, member_count: count }: Pick<ConversationRow, 'id' | 'member_count'>,
  { presenceMaxMembers }: CrowdLimits,
  { concerned = [], except }: { concerned?: readonly number[]; except?: number } = {},
): Promise<Ring> {
  const userIds = count <= presenceMaxMembers ? await listMemberIds(trx, id) : concerned;
  return {
    event: 'conversation.updated',
    id: String(id),
    userIds: userIds.filter((userId) => userId !== except),
  };
}
