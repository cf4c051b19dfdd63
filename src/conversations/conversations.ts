import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { invalidValue, notFound } from '../core/problems.ts';
import type { PresenceParts } from '../users/presence.ts';
import { selectConversations, toConversations } from './conversation-view.ts';
import type { Conversation, ConversationList } from './schemas.ts';

export async function getConversation(
  parts: PresenceParts,
  userId: number,
  conversationId: number | undefined,
): Promise<Conversation> {
  if (conversationId === undefined) throw notFound();
  const rows = await selectConversations(parts.db, userId)
    .where('me.conversation_id', '=', conversationId)
    .execute();
  const [conversation] = await toConversations(parts, userId, rows);
  if (!conversation) throw notFound();
  return conversation;
}

/**
 * Latest activity first. This order is for the eye, and the one place where a clock decides:
 * nothing is caught up by it, so a conversation that moves while somebody pages is merely seen
 * twice or at its next activity.
 */
export async function listConversations(
  parts: PresenceParts,
  userId: number,
  {
    before,
    archived,
    limit = DEFAULT_PAGE,
  }: { before?: string; archived?: 'true' | 'false'; limit?: number },
): Promise<ConversationList> {
  const { db } = parts;
  const cursor = before === undefined ? undefined : parseCursor(before);
  // Cut before anything is joined to it, so that a page costs what it shows.
  const mine = db
    .selectFrom('members as m')
    .innerJoin('conversations', 'conversations.id', 'm.conversation_id')
    .select('conversations.id')
    .where('m.user_id', '=', userId)
    .where((eb) => {
      const isArchived = eb('m.archived_sequence', '>=', eb.ref('conversations.last_sequence'));
      return archived === 'true'
        ? isArchived
        : eb.or([eb('m.archived_sequence', 'is', null), eb.not(isArchived)]);
    })
    .$if(cursor !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('conversations.updated_at', '<', cursor?.updatedAt ?? 0),
          eb.and([
            eb('conversations.updated_at', '=', cursor?.updatedAt ?? 0),
            eb('conversations.id', '<', cursor?.id ?? 0),
          ]),
        ]),
      ),
    )
    .orderBy('conversations.updated_at', 'desc')
    .orderBy('conversations.id', 'desc')
    .limit(limit + 1);
  const rows = await selectConversations(db, userId)
    .innerJoin(mine.as('page'), 'page.id', 'c.id')
    .orderBy('c.updated_at', 'desc')
    .orderBy('c.id', 'desc')
    .execute();
  const { page, hasMore } = cutPage(rows, limit);
  const last = page.at(-1);
  return {
    conversations: await toConversations(parts, userId, page),
    hasMore,
    next: hasMore && last ? `${last.updated_at}.${last.id}` : null,
  };
}

function parseCursor(cursor: string): { updatedAt: number; id: number } {
  const [, updatedAt, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (updatedAt === undefined) throw invalidValue('before', 'must be the `next` of a page');
  return { updatedAt: Number(updatedAt), id: Number(id) };
}
