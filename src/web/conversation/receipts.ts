import type { Member } from '../../client/index.ts';

export type Receipt =
  | { kind: 'sent' }
  | { kind: 'delivered' }
  | { kind: 'read' }
  | { kind: 'readBySome'; count: number };

/** How far a message has come, by what `others`, who are all members but its sender, have. */
export function receiptOf(sequence: number, others: readonly Member[]): Receipt {
  const readers = others.filter(({ readSequence }) => readSequence >= sequence).length;
  if (readers > 0 && readers === others.length) return { kind: 'read' };
  if (readers > 0) return { kind: 'readBySome', count: readers };
  const isEverywhere = others.every(({ deliveredSequence }) => deliveredSequence >= sequence);
  return others.length > 0 && isEverywhere ? { kind: 'delivered' } : { kind: 'sent' };
}
