import { type Static, Type } from '@fastify/type-provider-typebox';
import { Message } from '../conversations/schemas.ts';
import { IdParams, Nullable, PageLimit, Text } from '../core/schemas.ts';

const Body = Text({ maximum: 4_000 });

export const NewMessage = Type.Object({
  body: Body,
  replyTo: Type.Optional(
    Nullable(Type.String({ description: 'Id of an earlier message of this conversation' })),
  ),
  attachments: Type.Optional(
    Type.Array(Type.String(), { maxItems: 0, description: 'There are no files yet to attach' }),
  ),
});
export type NewMessage = Static<typeof NewMessage>;

export const MessageEdit = Type.Object({ body: Body });
export type MessageEdit = Static<typeof MessageEdit>;

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

const Emoji = Type.String({
  description:
    'Exactly one emoji that Unicode recommends for interchange (RGI_Emoji), with or without its variation selectors U+FE0F',
});

export const ReactionParams = Type.Object({ ...IdParams.properties, emoji: Emoji });

export const ReactorQuery = Type.Object({
  emoji: Type.Optional(Emoji),
  after: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before' })),
  limit: PageLimit,
});
export type ReactorQuery = Static<typeof ReactorQuery>;

export const ReactorPage = Type.Object(
  {
    reactions: Type.Array(Type.Object({ emoji: Type.String(), username: Type.String() }), {
      description: 'By emoji, in the order of code points',
    }),
    hasMore: Type.Boolean(),
    next: Nullable(Type.String()),
  },
  { title: 'ReactorPage' },
);
export type ReactorPage = Static<typeof ReactorPage>;
