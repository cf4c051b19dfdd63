import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { RoomPurge } from '../conversations/purge-rooms.ts';
import type { Bus } from '../core/bus.ts';
import type { Config } from '../core/config.ts';
import { IdParams, Nothing } from '../core/schemas.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import { listAudit } from './audit.ts';
import { counter, getHealth } from './overview.ts';
import { removeMessage } from './remove-message.ts';
import { listRooms, removeRoom } from './rooms.ts';
import {
  AdminHealth,
  AdminRoomList,
  AdminRoomQuery,
  AuditPage,
  AuditQuery,
  Counts,
} from './schemas.ts';

const tags = ['Administration'];

interface Parts extends RingParts {
  bus: Bus;
  config: Pick<Config, 'databaseUrl' | 'redisUrl' | 'smtpUrl' | 'production'>;
  purge: Pick<RoomPurge, 'start'>;
}

/** How the installation is, and what admins take out of it; goes under `/admin`. */
export const adminRoutes =
  (parts: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const getCounts = counter(parts.db);

    app.get('/counts', {
      schema: { tags, summary: 'How much there is', response: { 200: Counts } },
      config: { access: 'admin' },
      handler: () => getCounts(),
    });

    app.get('/health', {
      schema: { tags, summary: 'How the parts are', response: { 200: AdminHealth } },
      config: { access: 'admin' },
      handler: () => getHealth(parts),
    });

    app.get('/audit', {
      schema: {
        tags,
        summary: 'What admins did, the newest first',
        querystring: AuditQuery,
        response: { 200: AuditPage },
      },
      config: { access: 'admin' },
      handler: ({ query }) => listAudit(parts.db, query),
    });

    app.get('/rooms', {
      schema: {
        tags,
        summary: 'All rooms, the private ones too',
        querystring: AdminRoomQuery,
        response: { 200: AdminRoomList },
      },
      config: { access: 'admin' },
      handler: ({ query }) => listRooms(parts.db, query),
    });

    app.delete('/rooms/:id', {
      schema: {
        tags,
        summary: 'End a room for all its members',
        params: IdParams,
        response: { 204: Nothing },
      },
      config: { access: 'admin' },
      handler: async ({ viewer, params }, reply) => {
        await removeRoom(parts, viewer, params.id);
        return reply.code(204).send(null);
      },
    });

    app.delete('/messages/:id', {
      schema: {
        tags,
        summary: 'Delete a message; a tombstone stays',
        params: IdParams,
        response: { 204: Nothing },
      },
      config: { access: 'admin' },
      handler: async ({ viewer, params }, reply) => {
        await removeMessage(parts, viewer, params.id);
        return reply.code(204).send(null);
      },
    });
  };
