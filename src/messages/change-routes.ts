import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Message } from '../conversations/schemas.ts';
import { IdParams, Nothing } from '../core/schemas.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import { deleteMessage } from './delete-message.ts';
import { editMessage } from './edit-message.ts';
import { listReactors } from './list-reactors.ts';
import { addReaction, removeReaction } from './react.ts';
import { MessageEdit, ReactionParams, ReactorPage, ReactorQuery } from './schemas.ts';

const tags = ['Messages'];

/** What becomes of a message once it is posted; goes under `/messages`. */
export const messageChangeRoutes =
  (parts: RingParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.patch('/:id', {
      schema: {
        tags,
        summary: 'Edit a message of mine',
        description: 'The body that it has already changes nothing.',
        params: IdParams,
        body: MessageEdit,
        response: { 200: Message },
      },
      config: { access: 'sender' },
      // What the address names comes last: a body may have further properties.
      handler: ({ viewer, params, body }) => editMessage(parts, viewer, { ...body, ...params }),
    });

    app.delete('/:id', {
      schema: {
        tags,
        summary: 'Delete a message; a tombstone stays',
        description:
          'For its sender and, in a room, for moderators and owners: others get `role_required` there, and `not_the_sender` in a direct conversation. Again is a 204 too.',
        params: IdParams,
        response: { 204: Nothing },
      },
      config: { access: 'sender' },
      handler: async ({ viewer, params }, reply) => {
        await deleteMessage(parts, viewer, params.id);
        return reply.code(204).send(null);
      },
    });

    app.put('/:id/reactions/:emoji', {
      schema: {
        tags,
        summary: 'React to a message',
        description: 'At most 20 different emoji on one message. Again changes nothing.',
        params: ReactionParams,
        response: { 200: Message },
      },
      config: { access: 'member' },
      handler: ({ viewer, params }) => addReaction(parts, viewer, params),
    });

    app.delete('/:id/reactions/:emoji', {
      schema: {
        tags,
        summary: 'Take a reaction back',
        description: 'One that is not there, as on a deleted message, changes nothing.',
        params: ReactionParams,
        response: { 200: Message },
      },
      config: { access: 'member' },
      handler: ({ viewer, params }) => removeReaction(parts, viewer, params),
    });

    app.get('/:id/reactions', {
      schema: {
        tags,
        summary: 'Who reacted',
        params: IdParams,
        querystring: ReactorQuery,
        response: { 200: ReactorPage },
      },
      config: { access: 'member' },
      handler: ({ viewer, params, query }) =>
        listReactors(parts.db, viewer.userId, params.id, query),
    });
  };
