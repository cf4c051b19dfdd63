import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { requireMembership } from '../conversations/members.ts';
import { Message } from '../conversations/schemas.ts';
import { isHeld } from '../core/caching.ts';
import { parseId } from '../core/ids.ts';
import { IdParams } from '../core/schemas.ts';
import type { PostMessage } from './post-message.ts';
import { getMessage, getMessages, listMessages, type ReadParts } from './read-messages.ts';
import {
  BatchQuery,
  MessageBatch,
  MessagePage,
  NewMessage,
  PageQuery,
  PostHeaders,
} from './schemas.ts';

const tags = ['Messages'];

interface Parts extends Pick<ReadParts, 'db' | 'deliveries'> {
  postMessage: PostMessage;
  /** Messages of a page without a limit. */
  messagesToLoad: number;
}

/** Posting into a conversation and paging through it; goes under `/conversations`. */
export const conversationMessageRoutes =
  ({ messagesToLoad, postMessage, ...parts }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/:id/messages', {
      schema: {
        tags,
        summary: 'Post a message',
        description: '201: posted. 200: this Idempotency-Key had posted it before.',
        params: IdParams,
        headers: PostHeaders,
        body: NewMessage,
        response: { 200: Message, 201: Message },
      },
      config: { access: 'member' },
      handler: async ({ viewer, params, headers, body }, reply) => {
        const { id, json, created } = await postMessage(viewer, {
          ...body,
          conversationId: parseId(params.id),
          idempotencyKey: headers['idempotency-key'],
        });
        reply.code(created ? 201 : 200).header('location', `/api/v1/messages/${id}`);
        return reply.sendJson(json);
      },
    });

    app.get('/:id/messages', {
      schema: {
        tags,
        summary: 'The last messages, or those before, after or around a sequence',
        params: IdParams,
        querystring: PageQuery,
        response: { 200: MessagePage },
      },
      config: { access: 'member' },
      handler: async ({ viewer, params, query }) => {
        const membership = await requireMembership(parts.db, parseId(params.id), viewer.userId);
        return listMessages(parts, membership, { limit: messagesToLoad, ...query });
      },
    });
  };

/** Reading by id; goes under `/messages`. */
export const messageRoutes =
  (parts: ReadParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('', {
      schema: {
        tags,
        summary: 'Several messages at once',
        querystring: BatchQuery,
        response: { 200: MessageBatch },
      },
      config: { access: 'user' },
      handler: async ({ viewer, query }, reply) =>
        reply.sendJson(await getMessages(parts, viewer.userId, query.ids)),
    });

    app.get('/:id', {
      schema: {
        tags,
        summary: 'One message',
        params: IdParams,
        response: { 200: Message, 304: Type.Null({ description: 'As If-None-Match says' }) },
      },
      config: { access: 'member' },
      handler: async (request, reply) => {
        const { viewer, params } = request;
        const json = await getMessage(parts, viewer.userId, params.id, (version) => {
          // Of this viewer: the next who signs in at the same browser has reacted otherwise.
          const tag = `${params.id}.${version}.${viewer.username}`;
          return isHeld(request, reply, { tag, isPrivate: true });
        });
        return json === undefined ? reply.code(304).send(null) : reply.sendJson(json);
      },
    });
  };
