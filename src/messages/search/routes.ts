import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { SearchAnswer, SearchQuery } from './schemas.ts';
import { type SearchParts, searchMessages } from './search-messages.ts';

/** Finding messages by their words; goes under `/messages`. */
export const searchRoutes =
  (parts: SearchParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/search', {
      schema: {
        tags: ['Messages'],
        summary: 'Search my messages by their words',
        querystring: SearchQuery,
        response: { 200: SearchAnswer },
      },
      config: { access: 'user' },
      handler: ({ viewer, query }) => searchMessages(parts, viewer.userId, query),
    });
  };
