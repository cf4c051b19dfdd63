import { type Static, Type } from '@fastify/type-provider-typebox';
import { SyncFrame } from '../notifications/frames.ts';

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** `[sequence, version]`: everything up to this sequence is held, every change up to this version applied. */
const Position = Type.Unsafe<[sequence: number, version: number]>(
  Type.Array(Count, { minItems: 2, maxItems: 2 }),
);
export type Position = Static<typeof Position>;

const Positions = Type.Record(Type.String(), Position, {
  description: 'By conversation id: [highest sequence up to which everything is held, version]',
});

export const SyncBody = Type.Object({ conversations: Positions });

export const SyncAnswer = Type.Object(
  {
    events: Type.Array(SyncFrame),
    conversations: Positions,
    more: Type.Boolean({
      description:
        'Merge these positions into those that you asked with, drop what was removed, and call again',
    }),
  },
  { title: 'SyncAnswer' },
);
export type SyncAnswer = Static<typeof SyncAnswer>;
