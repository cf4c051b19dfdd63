import { type Static, Type } from '@fastify/type-provider-typebox';
import { Nullable, PageLimit, Timestamp } from '../core/schemas.ts';
import { UserListQuery } from '../users/schemas.ts';

const page = { hasMore: Type.Boolean(), next: Nullable(Type.String()) };
const Role = Type.Enum(['user', 'admin']);

export const AdminUser = Type.Object(
  {
    username: Type.String(),
    displayName: Type.String(),
    about: Type.String(),
    email: Type.String(),
    role: Role,
    createdAt: Timestamp,
    lastSeenAt: Nullable(Timestamp),
    disabledAt: Nullable(Timestamp),
    sessions: Type.Integer({ description: 'Signed-in devices' }),
  },
  { title: 'AdminUser', description: 'A user as seen by admins' },
);
export type AdminUser = Static<typeof AdminUser>;

export const AdminUserQuery = Type.Object({
  ...UserListQuery.properties,
  search: Type.Optional(
    Type.String({
      maxLength: 254,
      description: 'Start of the username, the display name or the e-mail address',
    }),
  ),
});
export type AdminUserQuery = Static<typeof AdminUserQuery>;

export const AdminUserList = Type.Object({ users: Type.Array(AdminUser), ...page });
export type AdminUserList = Static<typeof AdminUserList>;

export const UserParams = Type.Object({ username: Type.String() });

export const UserChanges = Type.Object(
  {
    disabled: Type.Optional(Type.Boolean({ description: 'Signs out at once and keeps out' })),
    role: Type.Optional(Role),
  },
  { additionalProperties: false },
);
export type UserChanges = Static<typeof UserChanges>;

const AdminRoom = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    visibility: Type.Enum(['public', 'private']),
    memberCount: Type.Integer(),
    lastSequence: Type.Integer({ description: 'Messages so far' }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'AdminRoom', description: 'A room as seen by admins, who cannot read it' },
);

export const AdminRoomQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 100, description: 'Start of the title' })),
  after: Type.Optional(Type.String({ maxLength: 2_000, description: '`next` of the page before' })),
  limit: PageLimit,
});
export type AdminRoomQuery = Static<typeof AdminRoomQuery>;

export const AdminRoomList = Type.Object({
  rooms: Type.Array(AdminRoom, { description: 'By title' }),
  ...page,
});
export type AdminRoomList = Static<typeof AdminRoomList>;

const AuditAct = Type.Enum([
  'user.disable',
  'user.enable',
  'user.promote',
  'user.demote',
  'user.sign-out',
  'user.delete',
  'room.remove',
  'message.remove',
]);
export type AuditAct = Static<typeof AuditAct>;

export const AuditQuery = Type.Object({
  before: Type.Optional(Type.String({ maxLength: 20, description: '`next` of the page before' })),
  limit: PageLimit,
});
export type AuditQuery = Static<typeof AuditQuery>;

export const AuditPage = Type.Object({
  entries: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Timestamp,
      admin: Nullable(Type.String({ description: 'null: by a command on the server' })),
      act: AuditAct,
      target: Type.String({ description: 'A username, or the id of a room or message' }),
      detail: Type.String(),
    }),
    { description: 'The newest first' },
  ),
  ...page,
});
export type AuditPage = Static<typeof AuditPage>;

export const Counts = Type.Object({
  users: Type.Integer(),
  disabledUsers: Type.Integer(),
  admins: Type.Integer(),
  onlineUsers: Type.Integer({ description: '0 when PRESENCE is off' }),
  rooms: Type.Integer(),
  directConversations: Type.Integer(),
  messages: Type.Integer({ description: 'The deleted ones too' }),
  countedAt: Timestamp,
});
export type Counts = Static<typeof Counts>;

const State = Type.Enum(['up', 'away']);
export const AdminHealth = Type.Object({
  database: Type.Object({
    state: State,
    kind: Type.Enum(['sqlite', 'mysql']),
    milliseconds: Nullable(Type.Number({ description: 'For one answer' })),
  }),
  bus: Type.Object({ state: State, kind: Type.Enum(['in process', 'redis']) }),
  mail: Type.Enum(['smtp', 'log', 'none']),
  process: Type.Object(
    {
      node: Type.String(),
      uptimeSeconds: Type.Integer(),
      residentMegabytes: Type.Integer(),
    },
    { description: 'The one that answers' },
  ),
});
export type AdminHealth = Static<typeof AdminHealth>;
