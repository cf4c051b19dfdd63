import { type Static, Type } from '@fastify/type-provider-typebox';
import { Message } from '../conversations/schemas.ts';
import { Nullable, Text } from '../core/schemas.ts';

export const NewMessage = Type.Object({
  body: Text({ maximum: 4_000 }),
  replyTo: Type.Optional(
    Nullable(Type.String({ description: 'Id of an earlier message of this conversation' })),
  ),
  attachments: Type.Optional(
    Type.Array(Type.String(), { maxItems: 0, description: 'There are no files yet to attach' }),
  ),
});
export type NewMessage = Static<typeof NewMessage>;

export const PostHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,128}$',
      description:
        '1 to 128 visible ASCII characters, made by the sender for this message; a repeat with it is answered, not posted again',
    }),
  ),
});

const Position = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description }));

/** At most one of the three positions; none means the last messages. */
export const PageQuery = Type.Object({
  before: Position('Messages with a smaller sequence'),
  after: Position('Messages with a larger sequence'),
  around: Position('Messages on both sides of this sequence'),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, description: 'Default: MESSAGES_TO_LOAD' }),
  ),
});
export type PageQuery = Static<typeof PageQuery>;

export const MessagePage = Type.Object(
  {
    messages: Type.Array(Message, { description: 'Ascending by sequence' }),
    hasBefore: Type.Boolean(),
    hasAfter: Type.Boolean(),
  },
  { title: 'MessagePage' },
);
export type MessagePage = Static<typeof MessagePage>;

export const BatchQuery = Type.Object({
  ids: Type.String({ minLength: 1, description: '1 to 100 message ids, separated by commas' }),
});

export const MessageBatch = Type.Object(
  {
    messages: Type.Array(Message),
    missing: Type.Array(Type.String(), { description: 'Ids that are not there, or not yours' }),
  },
  { title: 'MessageBatch' },
);
export type MessageBatch = Static<typeof MessageBatch>;
