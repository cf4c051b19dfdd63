import { type Static, Type } from '@fastify/type-provider-typebox';
import { isDeviceKey } from './device-key.ts';

export const PushKey = Type.Object(
  {
    publicKey: Type.String({ description: 'applicationServerKey: P-256, uncompressed, base64url' }),
  },
  { title: 'PushKey' },
);
export type PushKey = Static<typeof PushKey>;

/** As `PushSubscription.toJSON()` of a browser has it. */
export const NewPushSubscription = Type.Object({
  endpoint: Type.String({
    maxLength: 2_000,
    description: 'https, at the usual port of a host that has a name',
  }),
  keys: Type.Object({
    p256dh: Type.Refine(
      Type.String({ maxLength: 100, description: 'A point on P-256, uncompressed, base64url' }),
      isDeviceKey,
      () => 'must be a point on P-256 in base64url',
    ),
    auth: Type.String({
      pattern: '^[\\w-]{22}(==)?$',
      maxLength: 24,
      description: '16 bytes, base64url',
    }),
  }),
});
export type NewPushSubscription = Static<typeof NewPushSubscription>;

export const PushSubscription = Type.Object(
  { id: Type.String() },
  { title: 'PushSubscription', description: 'A device that is reached while it holds no socket' },
);
export type PushSubscription = Static<typeof PushSubscription>;
