import { requireMembership } from '../conversations/members.ts';
import type { Database } from '../core/database.ts';
import { type MessageKey, parseMessageId } from '../core/ids.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { invalidValue, notFound } from '../core/problems.ts';
import { findUserId } from '../users/users.ts';
import { parseEmoji } from './emoji.ts';
import type { ReactorPage, ReactorQuery } from './schemas.ts';

/**
 * Who reacted to a message, with all emoji or one. Throws a 404 to whoever may not see the message, and a 400
 * for an emoji or a position that is none.
 */
export async function listReactors(
  db: Database,
  userId: number,
  messageId: string,
  { emoji, after, limit = DEFAULT_PAGE }: ReactorQuery,
): Promise<ReactorPage> {
  const only = emoji === undefined ? undefined : parseEmoji(emoji);
  const key = await requireVisible(db, userId, messageId);
  const position = after === undefined ? START : await findPosition(db, after);
  const rows = await selectReactors(db, key, position)
    .$if(only !== undefined, (query) => query.where('reactions.emoji', '=', only ?? ''))
    .limit(limit + 1)
    .execute();
  const { page, hasMore } = cutPage(rows, limit);
  const last = page.at(-1);
  const next = hasMore && last ? `${last.emoji}.${last.username}` : null;
  return { reactions: page, hasMore, next };
}

/** Sequences have no gaps, so what a member may see follows from the membership alone. */
async function requireVisible(
  db: Database,
  userId: number,
  messageId: string,
): Promise<MessageKey> {
  const key = parseMessageId(messageId);
  if (!key) throw notFound();
  const membership = await requireMembership(db, key.conversationId, userId);
  const isVisible =
    key.sequence > membership.hiddenThrough && key.sequence <= membership.lastSequence;
  if (!isVisible) throw notFound();
  return key;
}

interface Position {
  emoji: string;
  userId: number;
}

const START: Position = { emoji: '', userId: 0 };

async function findPosition(db: Database, cursor: string): Promise<Position> {
  const [, emoji, username] = /^([^.]+)\.(.+)$/.exec(cursor) ?? [];
  const userId = username === undefined ? undefined : await findUserId(db, username);
  if (emoji === undefined || userId === undefined) {
    throw invalidValue('after', 'must be the `next` of a page');
  }
  return { emoji, userId };
}

/** In the order of the key; its bound by the emoji alone is the one that every database sees a range in. */
const selectReactors = (
  db: Database,
  { conversationId, sequence }: MessageKey,
  { emoji, userId }: Position,
) =>
  db
    .selectFrom('reactions')
    .innerJoin('users', 'users.id', 'reactions.user_id')
    .select(['reactions.emoji', 'users.username'])
    .where('reactions.conversation_id', '=', conversationId)
    .where('reactions.sequence', '=', sequence)
    .where('reactions.emoji', '>=', emoji)
    .where((eb) => eb.or([eb('reactions.emoji', '>', emoji), eb('reactions.user_id', '>', userId)]))
    .orderBy('reactions.emoji')
    .orderBy('reactions.user_id');
