import { type Static, Type } from '@fastify/type-provider-typebox';
import { Nullable, PageLimit, Text, Timestamp } from '../core/schemas.ts';

/** Without those that an address could not name: `me` is oneself, and `..` goes up a folder. */
const Username = Type.String({
  pattern: '^(?![Mm][Ee]$)(?=.*[A-Za-z0-9])[A-Za-z0-9_.-]{2,32}$',
  description:
    '2 to 32 letters, digits, dots, dashes and underscores, not only signs, and not "me"; immutable; case is not kept',
});

const Email = Type.String({
  // Deliberately loose: only a mail that arrives proves an address.
  pattern: '^[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,189}$',
  description: 'an e-mail address',
});

const Password = Type.String({ minLength: 12, maxLength: 128 });

export const User = Type.Object(
  {
    username: Type.String(),
    displayName: Type.String(),
    about: Type.String(),
    avatar: Nullable(Type.String({ description: 'Address of the picture' })),
    lastSeenAt: Nullable(Timestamp),
    online: Type.Boolean(),
  },
  { title: 'User' },
);
export type User = Static<typeof User>;

export const Me = Type.Object(
  { ...User.properties, email: Type.String(), role: Type.Enum(['user', 'admin']) },
  { title: 'Me', description: 'A user as seen by oneself' },
);
export type Me = Static<typeof Me>;

export const RegisterBody = Type.Object({
  username: Username,
  email: Email,
  password: Password,
  displayName: Type.Optional(Text({ maximum: 64 })),
});
export type RegisterBody = Static<typeof RegisterBody>;

export const LoginBody = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 254, description: 'Username or e-mail' }),
  password: Type.String({ minLength: 1, maxLength: 128 }),
});
export type LoginBody = Static<typeof LoginBody>;

export const RefreshBody = Type.Object({ refreshToken: Type.String({ maxLength: 200 }) });

export const Tokens = Type.Object(
  {
    accessToken: Type.String({ description: 'A JWT for Authorization: Bearer' }),
    refreshToken: Type.String({ description: 'Opaque, good for one use' }),
    expiresIn: Type.Integer({ description: 'Seconds until the access token ends' }),
  },
  { title: 'Tokens' },
);
export type Tokens = Static<typeof Tokens>;

export const SignedIn = Type.Object({ user: Me, ...Tokens.properties }, { title: 'SignedIn' });
export type SignedIn = Static<typeof SignedIn>;

export const UserListQuery = Type.Object({
  search: Type.Optional(
    Type.String({ maxLength: 64, description: 'Start of the username or of the display name' }),
  ),
  after: Type.Optional(Type.String({ maxLength: 32, description: '`next` of the page before' })),
  limit: PageLimit,
});

export const BlockListQuery = Type.Omit(UserListQuery, ['search']);
export type BlockListQuery = Static<typeof BlockListQuery>;

export const UserList = Type.Object({
  users: Type.Array(User),
  hasMore: Type.Boolean(),
  next: Nullable(Type.String()),
});
export type UserList = Static<typeof UserList>;
