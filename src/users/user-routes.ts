import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { DEFAULT_PAGE } from '../core/paging.ts';
import type { PresenceParts } from './presence.ts';
import { User, UserList, UserListQuery } from './schemas.ts';
import { getUser, listUsers } from './users.ts';

const tags = ['Users'];

export const userRoutes =
  (parts: PresenceParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('', {
      schema: {
        tags,
        summary: 'The directory',
        querystring: UserListQuery,
        response: { 200: UserList },
      },
      config: { access: 'user' },
      handler: ({ viewer, query }) =>
        listUsers(parts, viewer.userId, { limit: DEFAULT_PAGE, ...query }),
    });

    app.get('/:username', {
      schema: {
        tags,
        summary: 'A profile',
        params: Type.Object({ username: Type.String() }),
        response: { 200: User },
      },
      config: { access: 'user' },
      handler: ({ viewer, params }) => getUser(parts, viewer.userId, params.username),
    });
  };
