import { type Static, Type } from '@fastify/type-provider-typebox';
import { Nullable, PageLimit, Text, Timestamp } from '../core/schemas.ts';

/** Without those that an address could not name: `me` is oneself, and `..` goes up a folder. */
const Username = Type.String({
  pattern: '^(?![Mm][Ee]$)(?=.*[A-Za-z0-9])[A-Za-z0-9_.-]{2,32}$',
  description:
    '2 to 32 letters, digits, dots, dashes and underscores, not only signs, and not "me"; immutable; case is not kept',
});

const Email = Type.String({
  // The dot-atom of RFC 5322, which needs no quotes anywhere; only a mail that arrives proves an address.
  pattern: "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}$",
  description: 'an e-mail address',
});

const Password = Type.String({
  minLength: 12,
  maxLength: 128,
  description: '12 to 128 characters of any kind, and not one that everybody tries first',
});
/** One that is there already is only compared. */
const GivenPassword = Type.String({ minLength: 1, maxLength: 128 });
const MailToken = Type.String({ maxLength: 100, description: 'Out of the link in the mail' });

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
  password: GivenPassword,
});
export type LoginBody = Static<typeof LoginBody>;

export const SessionQuery = Type.Object({
  session: Type.Optional(
    Type.Enum(['cookie'], {
      description:
        'For browsers: the refresh token is kept in an HttpOnly cookie and is not in the body. Only for pages of an allowed origin',
    }),
  ),
});

export type SessionQuery = Static<typeof SessionQuery>;

/** None with `?session=cookie`. */
export const RefreshBody = Nullable(
  Type.Object({ refreshToken: Type.Optional(Type.String({ maxLength: 200 })) }),
);
export type RefreshBody = Static<typeof RefreshBody>;

export const ForgotPasswordBody = Type.Object({ email: Type.String({ maxLength: 254 }) });

export const ResetPasswordBody = Type.Object({ token: MailToken, password: Password });
export type ResetPasswordBody = Static<typeof ResetPasswordBody>;

export const ConfirmEmailBody = Type.Object({ token: MailToken });

export const ChangePasswordBody = Type.Object({
  currentPassword: GivenPassword,
  password: Password,
});
export type ChangePasswordBody = Static<typeof ChangePasswordBody>;

export const ChangeEmailBody = Type.Object({ email: Email, password: GivenPassword });
export type ChangeEmailBody = Static<typeof ChangeEmailBody>;

export const ProfileChanges = Type.Object(
  {
    displayName: Type.Optional(Text({ maximum: 64 })),
    about: Type.Optional(Text({ minimum: 0, maximum: 500 })),
  },
  { additionalProperties: false },
);
export type ProfileChanges = Static<typeof ProfileChanges>;

const Session = Type.Object(
  {
    id: Type.String(),
    current: Type.Boolean({ description: 'Whether the call was made with it' }),
    userAgent: Type.String({ description: 'As the device described itself' }),
    address: Type.String({ description: 'Where it was last heard of' }),
    createdAt: Timestamp,
    lastUsedAt: Timestamp,
    expiresAt: Timestamp,
  },
  { title: 'Session', description: 'A signed-in device' },
);
export const SessionList = Type.Object({ sessions: Type.Array(Session) });
export type SessionList = Static<typeof SessionList>;

export const Tokens = Type.Object(
  {
    accessToken: Type.String({ description: 'A JWT for Authorization: Bearer' }),
    refreshToken: Type.Optional(
      Type.String({ description: 'Opaque, good for one use; absent with `?session=cookie`' }),
    ),
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
