import { Type } from '@fastify/type-provider-typebox';
import type { Authenticate } from '../core/authenticate.ts';
import { ProblemError } from '../core/problems.ts';
import { command } from './commands.ts';

export const tokenRenew = (authenticate: Authenticate) =>
  command({
    description: 'Keeps the socket open with a new access token of the same user',
    schema: Type.Object({ token: Type.String({ maxLength: 2_000 }) }),
    bringsToken: true,
    run: async (subscriber, { token }) => {
      const viewer = await authenticate(token);
      if (viewer.userId !== subscriber.viewer.userId) throw new ProblemError('unauthenticated');
      subscriber.viewer = viewer;
      return { status: 200 };
    },
  });
