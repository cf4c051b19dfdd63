import type { Trx } from '../core/database.ts';
import { recentMap } from '../core/recent-map.ts';

/** Ids that are kept at most, of all conversations together; each conversation counts as some more. */
const MAX_KEPT = 500_000;
const COST_OF_ONE = 16;

interface Kept {
  version: number;
  userIds: readonly number[];
}

export type Recipients = ReturnType<typeof keepRecipients>;

/**
 * Who is rung for a new message. The list of a crowd is read once and kept with the version of its conversation, which
 * every coming and going counts up: whoever holds the conversation's lock knows whether it is still right.
 */
export function keepRecipients() {
  const kept = recentMap<number, Kept>(MAX_KEPT, ({ userIds }) => userIds.length + COST_OF_ONE);

  async function read(trx: Trx, conversationIds: readonly number[]) {
    const rows = await trx
      .selectFrom('members')
      .select(['conversation_id', 'user_id'])
      .where('conversation_id', 'in', conversationIds)
      .execute();
    return Map.groupBy(rows, (row) => row.conversation_id);
  }

  return {
    /** All members of these conversations, which are locked, in the versions that they have under the lock. */
    async list(
      trx: Trx,
      conversations: readonly { conversationId: number; conversationVersion: number }[],
    ): Promise<Map<number, readonly number[]>> {
      const lists = new Map<number, readonly number[]>();
      const unknown = new Map<number, number>();
      for (const { conversationId, conversationVersion } of conversations) {
        const known = kept.get(conversationId);
        if (known?.version === conversationVersion) lists.set(conversationId, known.userIds);
        else unknown.set(conversationId, conversationVersion);
      }
      if (unknown.size === 0) return lists;
      const members = await read(trx, [...unknown.keys()]);
      for (const [id, version] of unknown) {
        const userIds = (members.get(id) ?? []).map((row) => row.user_id);
        lists.set(id, userIds);
        kept.set(id, { version, userIds });
      }
      return lists;
    },
  };
}
