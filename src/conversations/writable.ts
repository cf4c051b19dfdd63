import { ProblemError } from '../core/problems.ts';
import type { ConversationRow } from './change-conversation.ts';

/**
 * Why a direct conversation can only be read: a 403 when one of the two has blocked the other, and a 409 when the
 * account of one is deleted. Undefined where it can be written.
 */
export function writingRefusal({
  blocked,
}: Pick<ConversationRow, 'blocked'>): ProblemError | undefined {
  if (blocked === 1) return new ProblemError('blocked');
  if (blocked === 2) return new ProblemError('user_deleted');
  return undefined;
}

/** Throws where `writingRefusal` says why. */
export function requireWritable(conversation: Pick<ConversationRow, 'blocked'>): void {
  const refusal = writingRefusal(conversation);
  if (refusal) throw refusal;
}
