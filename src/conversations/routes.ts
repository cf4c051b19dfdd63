import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Database } from '../core/database.ts';
import { parseId } from '../core/ids.ts';
import { IdParams } from '../core/schemas.ts';
import type { Announce } from '../notifications/announce.ts';
import type { ResyncLater } from '../notifications/resync-later.ts';
import { getConversation, listConversations } from './conversations.ts';
import { openDirect } from './open-direct.ts';
import { Conversation, ConversationList, ConversationListQuery } from './schemas.ts';

const tags = ['Conversations'];

interface Parts {
  db: Database;
  announce: Announce;
  resyncLater: ResyncLater;
}

export const conversationRoutes =
  ({ db, announce, resyncLater }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('', {
      schema: {
        tags,
        summary: 'Mine, latest activity first',
        querystring: ConversationListQuery,
        response: { 200: ConversationList },
      },
      handler: ({ viewer, query }) => listConversations(db, viewer.userId, query),
    });

    app.put('/direct/:username', {
      schema: {
        tags,
        summary: 'Open or find the direct conversation with a user; with oneself: notes',
        params: Type.Object({ username: Type.String() }),
        response: { 200: Conversation, 201: Conversation },
      },
      handler: async ({ viewer, params }, reply) => {
        const parts = { db, resyncLater };
        const { id, created, memberIds } = await openDirect(parts, viewer.userId, params.username);
        if (created) await announce('conversation.created', String(id), memberIds);
        return reply.code(created ? 201 : 200).send(await getConversation(db, viewer.userId, id));
      },
    });

    app.get('/:id', {
      schema: {
        tags,
        summary: 'One of mine',
        params: IdParams,
        response: { 200: Conversation },
      },
      handler: ({ viewer, params }) => getConversation(db, viewer.userId, parseId(params.id)),
    });
  };
