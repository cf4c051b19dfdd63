import { ProblemError } from '../core/problems.ts';
import type { ConversationRow } from './change-conversation.ts';

/**
 * Throws where a direct conversation can only be read: a 403 when one of the two has blocked the other, and a 409 when the
 * account of one is deleted.
 */
export function requireWritable({ blocked }: Pick<ConversationRow, 'blocked'>): void {
  if (blocked === 1) throw new ProblemError('blocked');
  if (blocked === 2) throw new ProblemError('user_deleted');
}
