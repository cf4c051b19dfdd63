import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { parseId } from '../core/ids.ts';
import { IdParams } from '../core/schemas.ts';
import { getConversation, listConversations } from './conversations.ts';
import { openDirect } from './open-direct.ts';
import { type MarkerParts, markRead, setPreferences } from './own-view.ts';
import {
  Conversation,
  ConversationList,
  ConversationListQuery,
  PreferencesBody,
  ReadBody,
} from './schemas.ts';

const tags = ['Conversations'];

/** What every member can do with any of their conversations; rooms have more in room-routes.ts. */
export const conversationRoutes =
  (parts: MarkerParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { announce } = parts;
    app.get('', {
      schema: {
        tags,
        summary: 'Mine, latest activity first',
        querystring: ConversationListQuery,
        response: { 200: ConversationList },
      },
      config: { access: 'user' },
      handler: ({ viewer, query }) => listConversations(parts, viewer.userId, query),
    });

    app.put('/direct/:username', {
      schema: {
        tags,
        summary: 'Open or find the direct conversation with a user; with oneself: notes',
        params: Type.Object({ username: Type.String() }),
        response: { 200: Conversation, 201: Conversation },
      },
      config: { access: 'user' },
      handler: async ({ viewer, params }, reply) => {
        const { id, created, memberIds } = await openDirect(parts, viewer.userId, params.username);
        if (created) await announce('conversation.created', String(id), memberIds);
        return reply
          .code(created ? 201 : 200)
          .send(await getConversation(parts, viewer.userId, id));
      },
    });

    app.get('/:id', {
      schema: {
        tags,
        summary: 'One of mine',
        params: IdParams,
        response: { 200: Conversation },
      },
      config: { access: 'member' },
      handler: ({ viewer, params }) => getConversation(parts, viewer.userId, parseId(params.id)),
    });

    app.put('/:id/read', {
      schema: {
        tags,
        summary: 'Move the read marker forward',
        params: IdParams,
        body: ReadBody,
        response: { 200: Conversation },
      },
      config: { access: 'member' },
      handler: async ({ viewer, params, body }) => {
        const conversationId = parseId(params.id);
        await markRead(parts, viewer, { ...body, conversationId });
        return getConversation(parts, viewer.userId, conversationId);
      },
    });

    app.patch('/:id/preferences', {
      schema: {
        tags,
        summary: 'Mute, archive, or clear for oneself',
        description: 'Of this nobody else hears or sees anything.',
        params: IdParams,
        body: PreferencesBody,
        response: { 200: Conversation },
      },
      config: { access: 'member' },
      handler: async ({ viewer, params, body }) => {
        const conversationId = parseId(params.id);
        await setPreferences(parts, viewer, conversationId, body);
        return getConversation(parts, viewer.userId, conversationId);
      },
    });
  };
