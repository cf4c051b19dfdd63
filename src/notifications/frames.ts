import { type Static, Type } from '@fastify/type-provider-typebox';
import { CROWD } from './crowd.ts';

/**
 * The complete vocabulary of the notification socket, server to client. A frame names which thing
 * is new and never carries it: content travels over authorised GETs alone.
 */
const event = <E extends string>(event: E, description: string) =>
  Type.Object({ event: Type.Literal(event) }, { title: event, description });

const eventWithId = <E extends string>(event: E, description: string) =>
  Type.Object(
    { event: Type.Literal(event), id: Type.String() },
    { title: event, description, additionalProperties: false },
  );

const ReadyFrame = Type.Object(
  { event: Type.Literal('ready'), heartbeat: Type.Integer({ description: 'Seconds' }) },
  {
    title: 'ready',
    description: 'Live: all that is committed from here on is announced, or covered by a resync',
    additionalProperties: false,
  },
);
const ResyncFrame = event('resync', 'Frames were dropped for this socket; call /sync');
const HeartbeatFrame = Type.Object(
  {
    event: Type.Literal('heartbeat'),
    sum: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 0xffff_ffff,
        description:
          'Of all frames since `ready` but heartbeats: the sum, modulo 2^32, of their 32-bit FNV-1a hashes. A client that counts along and comes to another sum has missed one, and calls /sync',
      }),
    ),
    spread: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: `Milliseconds, told when it changes, just before something rings in a conversation of ${CROWD} members or more: from here on fetch what rings in such at a moment within them, another one for each client, together with what else is new by then. At first and with 0: at once`,
      }),
    ),
  },
  { title: 'heartbeat', description: 'A silent socket is a dead one', additionalProperties: false },
);

const MessageCreatedFrame = eventWithId('message.created', 'Fetch this message');
const MessageUpdatedFrame = eventWithId('message.updated', 'Edited, deleted or reacted to');
const ConversationCreatedFrame = eventWithId('conversation.created', 'Joined or opened');
const ConversationUpdatedFrame = eventWithId(
  'conversation.updated',
  'Its title, its members, a read marker, or your own view of it changed',
);
const ConversationRemovedFrame = eventWithId('conversation.removed', 'No longer a member');
const ConversationResetFrame = eventWithId(
  'conversation.reset',
  'Only in answers of /sync: too much is new; page the last messages again',
);

const UserUpdatedFrame = eventWithId(
  'user.updated',
  'Profile or presence of somebody with whom you share a conversation, or of whom you have blocked or unblocked; your own profile, or whom you have blocked; the id is the username',
);
export const TypingFrame = Type.Object(
  {
    event: Type.Literal('typing'),
    id: Type.String({ description: 'Of the conversation' }),
    user: Type.String({ description: 'Username' }),
  },
  {
    title: 'typing',
    description: 'Good for about five seconds; never stored, never sent again',
    additionalProperties: false,
  },
);
export type TypingFrame = Static<typeof TypingFrame>;

export const RESYNC = JSON.stringify({ event: 'resync' } satisfies Static<typeof ResyncFrame>);

/** Frames that something happened to something: what is announced, and what /sync works out. */
export const AnnouncedFrame = Type.Union([
  MessageCreatedFrame,
  MessageUpdatedFrame,
  ConversationCreatedFrame,
  ConversationUpdatedFrame,
  ConversationRemovedFrame,
  UserUpdatedFrame,
]);
export type AnnouncedFrame = Static<typeof AnnouncedFrame>;

export const SyncFrame = Type.Union([
  MessageCreatedFrame,
  MessageUpdatedFrame,
  ConversationCreatedFrame,
  ConversationUpdatedFrame,
  ConversationRemovedFrame,
  ConversationResetFrame,
]);
export type SyncFrame = Static<typeof SyncFrame>;

export const ServerFrame = Type.Union([
  ReadyFrame,
  ResyncFrame,
  HeartbeatFrame,
  AnnouncedFrame,
  TypingFrame,
]);
export type ServerFrame = Static<typeof ServerFrame>;
