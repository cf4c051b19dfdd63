import { invalidValue } from '../../core/problems.ts';

/** Where a message stands among what is found. This order is for the eye; nothing is caught up by it. */
export interface Position {
  created_at: number;
  conversation_id: number;
  sequence: number;
}

/** Newest first, then by conversation and sequence, both descending. */
export const byPosition = (a: Position, b: Position): number =>
  b.created_at - a.created_at || b.conversation_id - a.conversation_id || b.sequence - a.sequence;

export const formatPosition = ({ created_at, conversation_id, sequence }: Position): string =>
  `${created_at}.${conversation_id}.${sequence}`;

/** Throws a 400. */
export function parsePosition(text: string): Position {
  const [, created_at, conversation_id, sequence] =
    /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (created_at === undefined) throw invalidValue('before', 'must be the `next` of a page');
  return {
    created_at: Number(created_at),
    conversation_id: Number(conversation_id),
    sequence: Number(sequence),
  };
}
