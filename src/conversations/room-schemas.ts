import { type Static, Type } from '@fastify/type-provider-typebox';
import { Nullable, PageLimit, Text, Timestamp } from '../core/schemas.ts';
import { Role } from './schemas.ts';

const Title = Text({ maximum: 100 });
// Not Nullable(Text): a copy of the schema has not the rules that Text adds to it.
const Topic = Type.Union([
  Text({ maximum: 500 }),
  Type.String({ pattern: '^\\s*$', description: 'nothing but white space: no topic' }),
  Type.Null(),
]);
const Visibility = Type.Enum(['public', 'private'], {
  description: 'public: anybody finds it and may join; private: members are added',
});
const History = Type.Enum(['all', 'joined'], {
  description:
    'What whoever joins a private room may read: all, or what is said from then on. A public room shows all',
});
const MaxMembers = Nullable(
  Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Up to MAX_USERS_IN_ROOM, which null stands for',
  }),
);

export const NewRoom = Type.Object({
  title: Title,
  topic: Type.Optional(Topic),
  visibility: Type.Optional(Visibility),
  history: Type.Optional(History),
  members: Type.Optional(
    Type.Array(Type.String(), { description: 'Usernames; repeated ones count once' }),
  ),
  maxMembers: Type.Optional(MaxMembers),
});
export type NewRoom = Static<typeof NewRoom>;

export const RoomChanges = Type.Object({
  title: Type.Optional(Title),
  topic: Type.Optional(Topic),
  visibility: Type.Optional(Visibility),
  history: Type.Optional(History),
  maxMembers: Type.Optional(MaxMembers),
});
export type RoomChanges = Static<typeof RoomChanges>;

const Room = Type.Object(
  {
    id: Type.String(),
    kind: Type.Literal('room'),
    title: Type.String(),
    topic: Nullable(Type.String()),
    visibility: Type.Literal('public'),
    memberCount: Type.Integer(),
    maxMembers: Nullable(Type.Integer()),
    joined: Type.Boolean({ description: 'Whether the caller is a member' }),
    createdAt: Timestamp,
  },
  { title: 'Room', description: 'A public room as anybody sees it' },
);

export const RoomListQuery = Type.Object({
  search: Type.Optional(
    Type.String({
      maxLength: 100,
      description:
        'Up to 8 words, each the start of some word of the title or the topic, in whatever case',
    }),
  ),
  after: Type.Optional(Type.String({ maxLength: 2_000, description: '`next` of the page before' })),
  limit: PageLimit,
});
export type RoomListQuery = Static<typeof RoomListQuery>;

export const RoomList = Type.Object({
  rooms: Type.Array(Room, { description: 'By title' }),
  hasMore: Type.Boolean(),
  next: Nullable(Type.String()),
});
export type RoomList = Static<typeof RoomList>;

export const Member = Type.Object(
  {
    username: Type.String(),
    displayName: Type.String(),
    role: Role,
    joinedAt: Timestamp,
    readSequence: Type.Integer({ description: 'Read up to here' }),
    deliveredSequence: Type.Integer({
      description: 'The newest message that was fetched or read, a moment behind',
    }),
  },
  { title: 'Member' },
);
export type Member = Static<typeof Member>;

export const MemberListQuery = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 32, description: '`next` of the page before' })),
  limit: PageLimit,
});
export type MemberListQuery = Static<typeof MemberListQuery>;

export const MemberList = Type.Object({
  members: Type.Array(Member, { description: 'By username' }),
  hasMore: Type.Boolean(),
  next: Nullable(Type.String()),
});
export type MemberList = Static<typeof MemberList>;

export const MemberParams = Type.Object({
  id: Type.String({ description: 'Opaque' }),
  username: Type.String(),
});

/** Without a body, somebody new is a `member` and nobody's role changes. */
export const MemberBody = Nullable(Type.Object({ role: Type.Optional(Role) }));
