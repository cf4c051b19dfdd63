import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Viewer } from '../core/authenticate.ts';
import type { Database } from '../core/database.ts';
import { Nothing } from '../core/schemas.ts';
import { listBlocked } from './blocks.ts';
import { BlockListQuery, UserList } from './schemas.ts';

const tags = ['Users'];
const Params = Type.Object({ username: Type.String() });

interface Parts {
  db: Database;
  /** Makes the block be, or not be. Throws a 404 for a name that nobody has, and a 400 for oneself. */
  setBlock(viewer: Viewer, username: string, isBlocked: boolean): Promise<void>;
}

/** Who may not write to whom; goes under `/users`. */
export const blockRoutes =
  ({ db, setBlock }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put('/:username/block', {
      schema: {
        tags,
        summary: 'Block a user',
        description:
          'Until it is undone neither can write to the other alone, see when the other is online, or bring the other into a room. The caller’s devices hear of it, and of its end, by `user.updated` with either name.',
        params: Params,
        response: { 204: Nothing },
      },
      config: { access: 'user' },
      handler: async ({ viewer, params }, reply) => {
        await setBlock(viewer, params.username, true);
        return reply.code(204).send(null);
      },
    });

    app.delete('/:username/block', {
      schema: {
        tags,
        summary: 'Undo it',
        description: 'What the other has blocked stays so.',
        params: Params,
        response: { 204: Nothing },
      },
      config: { access: 'user' },
      handler: async ({ viewer, params }, reply) => {
        await setBlock(viewer, params.username, false);
        return reply.code(204).send(null);
      },
    });

    app.get('/me/blocks', {
      schema: {
        tags,
        summary: 'Whom the caller has blocked',
        querystring: BlockListQuery,
        response: { 200: UserList },
      },
      config: { access: 'user' },
      handler: ({ viewer, query }) => listBlocked(db, viewer.userId, query),
    });
  };
