import { type Static, Type } from '@fastify/type-provider-typebox';
import { Nullable, PageLimit, Timestamp } from '../core/schemas.ts';
import { User } from '../users/schemas.ts';

const Reaction = Type.Object({
  emoji: Type.String(),
  count: Type.Integer(),
  mine: Type.Boolean({ description: 'Whether the caller is among them' }),
});
export type Reaction = Static<typeof Reaction>;

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
    reactions: Type.Array(Reaction, { description: 'In the order in which the emoji came' }),
    createdAt: Timestamp,
    editedAt: Nullable(Timestamp),
    deletedAt: Nullable(Timestamp),
    version: Type.Integer({ description: 'Grows with every change of the message' }),
  },
  { title: 'Message' },
);
export type Message = Static<typeof Message>;

export const Role = Type.Enum(['owner', 'moderator', 'member']);
export type Role = Static<typeof Role>;

export const Conversation = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum(['direct', 'room']),
    title: Nullable(Type.String({ description: 'null in a direct conversation' })),
    topic: Nullable(Type.String()),
    visibility: Type.Enum(['public', 'private']),
    history: Type.Enum(['all', 'joined'], {
      description: 'What whoever joins may read: all, or what is said from then on',
    }),
    role: Role,
    memberCount: Type.Integer(),
    maxMembers: Nullable(Type.Integer()),
    lastSequence: Type.Integer({ description: 'Messages so far, the deleted ones too' }),
    version: Type.Integer({
      description:
        "Grows with every change that is not a new message, of the conversation or of the caller's own view of it",
    }),
    readSequence: Type.Integer({ description: 'Read up to here, by the caller' }),
    unread: Type.Integer({
      description: 'Messages of others after readSequence, without deleted ones',
    }),
    clearedThrough: Type.Integer({
      description:
        'Messages up to this one are not shown to the caller: cleared, or from before joining',
    }),
    muted: Type.Boolean({ description: 'For the client to act on: frames come all the same' }),
    archived: Type.Boolean({ description: 'Until the next message' }),
    lastMessage: Nullable(Message),
    with: Nullable(User),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'Conversation' },
);
export type Conversation = Static<typeof Conversation>;

export const ConversationListQuery = Type.Object({
  archived: Type.Optional(
    Type.Enum(['true', 'false'], { description: 'true: the archived ones, and only those' }),
  ),
  before: Type.Optional(Type.String({ maxLength: 40, description: '`next` of the page before' })),
  limit: PageLimit,
});

export const ConversationList = Type.Object({
  conversations: Type.Array(Conversation, { description: 'Latest activity first' }),
  hasMore: Type.Boolean(),
  next: Nullable(Type.String()),
});
export type ConversationList = Static<typeof ConversationList>;

export const ReadBody = Type.Object({
  sequence: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Read up to here; beyond the last message counts as the last',
  }),
});

export const PreferencesBody = Type.Object({
  muted: Type.Optional(Type.Boolean()),
  archived: Type.Optional(
    Type.Boolean({ description: 'true: out of the list until the next message' }),
  ),
  clearedThrough: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        'Messages up to this one are gone, for the caller alone, as long as they are a member; never falls',
    }),
  ),
});
export type Preferences = Static<typeof PreferencesBody>;
