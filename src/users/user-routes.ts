import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Database } from '../core/database.ts';
import { DEFAULT_PAGE } from '../core/paging.ts';
import { Me, User, UserList, UserListQuery } from './schemas.ts';
import { getMe, getUser, listUsers } from './users.ts';

const tags = ['Users'];

export const userRoutes =
  ({ db }: { db: Database }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('', {
      schema: {
        tags,
        summary: 'The directory',
        querystring: UserListQuery,
        response: { 200: UserList },
      },
      handler: ({ query }) => listUsers(db, { limit: DEFAULT_PAGE, ...query }),
    });

    app.get('/me', {
      schema: { tags, summary: 'Oneself', response: { 200: Me } },
      handler: ({ viewer }) => getMe(db, viewer.userId),
    });

    app.get('/:username', {
      schema: {
        tags,
        summary: 'A profile',
        params: Type.Object({ username: Type.String() }),
        response: { 200: User },
      },
      handler: ({ params }) => getUser(db, params.username),
    });
  };
