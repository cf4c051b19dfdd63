import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Database, transact } from '../core/database.ts';
import { Nothing } from '../core/schemas.ts';
import { LoginBody, RefreshBody, RegisterBody, SignedIn, Tokens } from './schemas.ts';
import type { Sessions } from './sessions.ts';
import { checkCredentials, register } from './users.ts';

const tags = ['Accounts'];

export const authRoutes =
  ({ db, sessions }: { db: Database; sessions: Sessions }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/register', {
      schema: { tags, summary: 'Make an account', body: RegisterBody, response: { 201: SignedIn } },
      config: { access: 'anyone' },
      handler: async (request, reply) => {
        const { user, result } = await register(db, request.body, sessions.start);
        return reply.code(201).send({ user, ...result });
      },
    });

    app.post('/login', {
      schema: { tags, summary: 'Sign in', body: LoginBody, response: { 200: SignedIn } },
      config: { access: 'anyone' },
      handler: async (request) => {
        const { userId, user } = await checkCredentials(db, request.body);
        return { user, ...(await transact(db, (trx) => sessions.start(trx, userId))) };
      },
    });

    app.post('/refresh', {
      schema: {
        tags,
        summary: 'New tokens for a refresh token, which is spent by it',
        body: RefreshBody,
        response: { 200: Tokens },
      },
      config: { access: 'anyone' },
      handler: (request) => sessions.refresh(request.body.refreshToken),
    });

    app.post('/logout', {
      schema: { tags, summary: 'End this session', response: { 204: Nothing } },
      config: { access: 'user' },
      handler: async ({ viewer }, reply) => {
        await sessions.end(viewer.userId, viewer.sessionId);
        return reply.code(204).send(null);
      },
    });
  };
