import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Config } from '../../core/config.ts';
import type { Database } from '../../core/database.ts';
import { notFound } from '../../core/problems.ts';
import { IdParams, Nothing } from '../../core/schemas.ts';
import { NewPushSubscription, PushKey, PushSubscription } from './schemas.ts';
import { deleteSubscription, putSubscription } from './subscriptions.ts';

const tags = ['Notifications'];

interface Parts {
  db: Database;
  config: Pick<Config, 'vapid' | 'pushToLoopback'>;
}

/** Web Push for devices without a socket; goes under `/push`. Where the server has no keys all of it is a 404. */
export const pushRoutes =
  ({ db, config: { vapid, pushToLoopback } }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/key', {
      schema: {
        tags,
        summary: 'The key to subscribe with',
        description: 'The VAPID public key; a 404 where the server has none and sends no Web Push.',
        response: { 200: PushKey },
      },
      config: { access: 'user' },
      handler: async () => {
        if (!vapid) throw notFound();
        return { publicKey: vapid.publicKey };
      },
    });

    app.put('/subscriptions', {
      schema: {
        tags,
        summary: 'Have this device reached by Web Push',
        description:
          'With what the browser gave; again for the same device changes nothing. It ends with the session, and of more than ten of one user the one that was of use longest ago goes. What is pushed is a frame of the socket, encrypted: an id and nothing else.',
        body: NewPushSubscription,
        response: { 200: PushSubscription },
      },
      config: { access: 'user' },
      handler: async ({ viewer, body }) => {
        if (!vapid) throw notFound();
        const rules = { allowLoopback: pushToLoopback };
        return { id: String(await putSubscription(db, viewer, body, rules)) };
      },
    });

    app.delete('/subscriptions/:id', {
      schema: {
        tags,
        summary: 'Have a device not reached any more',
        params: IdParams,
        response: { 204: Nothing },
      },
      config: { access: 'user' },
      handler: async ({ viewer, params }, reply) => {
        await deleteSubscription(db, viewer, params.id);
        return reply.code(204).send(null);
      },
    });
  };
