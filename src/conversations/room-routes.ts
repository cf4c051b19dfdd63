import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Database } from '../core/database.ts';
import { parseId } from '../core/ids.ts';
import { IdParams, Nothing } from '../core/schemas.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import type { PresenceParts } from '../users/presence.ts';
import { getConversation } from './conversations.ts';
import { createRoom } from './create-room.ts';
import { deleteRoom } from './delete-room.ts';
import { editRoom } from './edit-room.ts';
import { listRooms } from './list-rooms.ts';
import type { RoomPurge } from './purge-rooms.ts';
import { NewRoom, RoomChanges, RoomList, RoomListQuery } from './room-schemas.ts';
import type { RoomLimits } from './room-settings.ts';
import { Conversation } from './schemas.ts';

const tags = ['Conversations'];

interface Parts extends RingParts {
  config: RoomLimits & PresenceParts['config'];
  purge: Pick<RoomPurge, 'start'>;
}

/** Making, changing and ending rooms; goes under `/conversations`. */
export const roomRoutes =
  (parts: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('', {
      schema: {
        tags,
        summary: 'Make a room',
        description: 'The caller is its owner.',
        body: NewRoom,
        response: { 201: Conversation },
      },
      config: { access: 'user' },
      handler: async ({ viewer, body }, reply) => {
        const id = await createRoom(parts, viewer, body);
        reply.header('location', `/api/v1/conversations/${id}`);
        return reply.code(201).send(await getConversation(parts, viewer.userId, id));
      },
    });

    app.patch('/:id', {
      schema: {
        tags,
        summary: 'Change a room',
        description: 'Title and topic: owners and moderators; the rest: owners.',
        params: IdParams,
        body: RoomChanges,
        response: { 200: Conversation },
      },
      config: { access: 'moderator' },
      handler: async ({ viewer, params, body }) => {
        const conversationId = parseId(params.id);
        await editRoom(parts, viewer, conversationId, body);
        return getConversation(parts, viewer.userId, conversationId);
      },
    });

    app.delete('/:id', {
      schema: {
        tags,
        summary: 'End a room for all its members; owners',
        params: IdParams,
        response: { 204: Nothing },
      },
      config: { access: 'owner' },
      handler: async ({ viewer, params }, reply) => {
        await deleteRoom(parts, viewer, parseId(params.id));
        return reply.code(204).send(null);
      },
    });
  };

/** Goes under `/rooms`. */
export const publicRoomRoutes =
  ({ db }: { db: Database }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('', {
      schema: {
        tags,
        summary: 'The public rooms',
        querystring: RoomListQuery,
        response: { 200: RoomList },
      },
      config: { access: 'user' },
      handler: ({ viewer, query }) => listRooms(db, viewer.userId, query),
    });
  };
