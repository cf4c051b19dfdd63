import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Nothing } from '../core/schemas.ts';
import { getUser, listUsers } from './list-users.ts';
import { AdminUser, AdminUserList, AdminUserQuery, UserChanges, UserParams } from './schemas.ts';
import { changeUser, deleteUser, signOut, type UserActParts } from './user-acts.ts';

const tags = ['Administration'];

/** Goes under `/admin/users`. */
export const adminUserRoutes =
  (parts: UserActParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db } = parts;

    app.get('', {
      schema: {
        tags,
        summary: 'All users',
        querystring: AdminUserQuery,
        response: { 200: AdminUserList },
      },
      config: { access: 'admin' },
      handler: ({ query }) => listUsers(db, query),
    });

    app.get('/:username', {
      schema: { tags, summary: 'One of them', params: UserParams, response: { 200: AdminUser } },
      config: { access: 'admin' },
      handler: ({ params }) => getUser(db, params.username),
    });

    app.patch('/:username', {
      schema: {
        tags,
        summary: 'Keep a user out or let them in; make or unmake an admin',
        params: UserParams,
        body: UserChanges,
        response: { 200: AdminUser },
      },
      config: { access: 'admin' },
      handler: async ({ viewer, params, body }) => {
        await changeUser(parts, viewer, params.username, body);
        return getUser(db, params.username);
      },
    });

    app.delete('/:username', {
      schema: {
        tags,
        summary: "Delete a user's account, as they could",
        params: UserParams,
        response: { 204: Nothing },
      },
      config: { access: 'admin' },
      handler: async ({ viewer, params }, reply) => {
        await deleteUser(parts, viewer, params.username);
        return reply.code(204).send(null);
      },
    });

    app.delete('/:username/sessions', {
      schema: {
        tags,
        summary: 'Sign a user out on all devices',
        params: UserParams,
        response: { 204: Nothing },
      },
      config: { access: 'admin' },
      handler: async ({ viewer, params }, reply) => {
        await signOut(parts, viewer, params.username);
        return reply.code(204).send(null);
      },
    });
  };
