import { type Static, Type } from '@fastify/type-provider-typebox';
import { Nullable, PageLimit, Timestamp } from '../core/schemas.ts';
import { User } from '../users/schemas.ts';

const Reaction = Type.Object({
  emoji: Type.String(),
  count: Type.Integer(),
  mine: Type.Boolean(),
});

/** Here and not on the floor of the messages, because a conversation shows its last one. */
export const Message = Type.Object(
  {
    id: Type.String({ description: '`<conversationId>-<sequence>`' }),
    conversationId: Type.String(),
    sequence: Type.Integer({ description: 'Gapless from 1 in its conversation' }),
    sender: Type.String({ description: 'Username' }),
    body: Nullable(Type.String({ description: 'null once deleted' })),
    replyTo: Nullable(Type.String()),
    attachments: Type.Array(Type.Object({})),
    reactions: Type.Array(Reaction),
    createdAt: Timestamp,
    editedAt: Nullable(Timestamp),
    deletedAt: Nullable(Timestamp),
    version: Type.Integer({ description: 'Grows with every change of the message' }),
  },
  { title: 'Message' },
);
export type Message = Static<typeof Message>;

export const Conversation = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum(['direct', 'room']),
    title: Nullable(Type.String({ description: 'null in a direct conversation' })),
    topic: Nullable(Type.String()),
    visibility: Type.Enum(['public', 'private']),
    role: Type.Enum(['owner', 'moderator', 'member'], { description: "The caller's own" }),
    memberCount: Type.Integer(),
    maxMembers: Nullable(Type.Integer()),
    lastSequence: Type.Integer({ description: 'Messages so far, the deleted ones too' }),
    version: Type.Integer({ description: 'Counts every change that is not a new message' }),
    readSequence: Type.Integer({ description: 'Read up to here, by the caller' }),
    unread: Type.Integer({ description: 'Messages of others after readSequence' }),
    lastMessage: Nullable(Message),
    with: Nullable(User),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'Conversation' },
);
export type Conversation = Static<typeof Conversation>;

export const ConversationListQuery = Type.Object({
  before: Type.Optional(Type.String({ maxLength: 40, description: '`next` of the page before' })),
  limit: PageLimit,
});

export const ConversationList = Type.Object({
  conversations: Type.Array(Conversation, { description: 'Latest activity first' }),
  hasMore: Type.Boolean(),
  next: Nullable(Type.String()),
});
export type ConversationList = Static<typeof ConversationList>;
