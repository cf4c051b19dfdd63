import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SyncAnswer, SyncBody } from './schemas.ts';
import { type SyncParts, sync } from './sync.ts';

/** Room for the positions of some ten thousand conversations. */
const BODY_LIMIT = 1_048_576;

export const syncRoutes =
  (parts: SyncParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('', {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags: ['Catching up'],
        summary: 'The frames that were missed, from the positions held',
        description:
          'Open the socket, wait for `ready`, then sync, then apply what arrived meanwhile. How far others have read, who is online and who types is not caught up: read that again where it is shown.',
        body: SyncBody,
        response: { 200: SyncAnswer },
      },
      config: { access: 'user' },
      handler: ({ viewer, body }) => sync(parts, viewer.userId, body.conversations),
    });
  };
