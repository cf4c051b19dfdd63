import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../core/config.ts';
import { invalidValue } from '../core/problems.ts';
import { IdParams, Nothing } from '../core/schemas.ts';
import { login, register } from './accounts.ts';
import type { RecoveryParts } from './recovery.ts';
import { refreshCookie, registerCookies } from './refresh-cookie.ts';
import {
  LoginBody,
  RefreshBody,
  RegisterBody,
  SessionList,
  SessionQuery,
  SignedIn,
  Tokens,
} from './schemas.ts';
import type { Device } from './session-rows.ts';
import { type IssuedTokens, listSessions, type Sessions } from './sessions.ts';
import type { SignInLimits } from './sign-in-limits.ts';

const tags = ['Accounts'];

export interface AuthParts extends RecoveryParts {
  sessions: Sessions;
  limits: SignInLimits;
  config: Pick<Config, 'publicUrl' | 'allowedOrigins' | 'refreshTokenDays'>;
}

/** Signing in and out; goes under `/auth`. */
export const authRoutes =
  ({ db, sessions, limits, config }: AuthParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    await registerCookies(app);
    const cookie = refreshCookie(config);

    /** What the client may know of its tokens. */
    function handOver(
      request: FastifyRequest<{ Querystring: SessionQuery }>,
      reply: FastifyReply,
      { refreshToken, ...tokens }: IssuedTokens,
    ): Tokens {
      if (request.query.session !== 'cookie') return { ...tokens, refreshToken };
      cookie.set(reply, refreshToken);
      return tokens;
    }

    app.post('/register', {
      schema: {
        tags,
        summary: 'Make an account',
        querystring: SessionQuery,
        body: RegisterBody,
        response: { 201: SignedIn },
      },
      config: { access: 'anyone' },
      handler: async (request, reply) => {
        if (request.query.session === 'cookie') cookie.requireOwnPage(request);
        await limits.beforeRegistration(request.ip);
        const { user, result } = await register(db, request.body, (trx, userId) =>
          sessions.start(trx, userId, deviceOf(request)),
        );
        return reply.code(201).send({ user, ...handOver(request, reply, result) });
      },
    });

    app.post('/login', {
      schema: {
        tags,
        summary: 'Sign in',
        querystring: SessionQuery,
        body: LoginBody,
        response: { 200: SignedIn },
      },
      config: { access: 'anyone' },
      handler: async (request, reply) => {
        if (request.query.session === 'cookie') cookie.requireOwnPage(request);
        const { user, result } = await limits.signIn(request.ip, request.body.username, () =>
          login(db, request.body, (trx, userId) => sessions.start(trx, userId, deviceOf(request))),
        );
        return { user, ...handOver(request, reply, result) };
      },
    });

    app.post('/refresh', {
      schema: {
        tags,
        summary: 'New tokens for a refresh token, which is spent by it',
        querystring: SessionQuery,
        body: RefreshBody,
        response: { 200: Tokens },
      },
      config: { access: 'anyone' },
      handler: async (request, reply) => {
        if (request.query.session === 'cookie') cookie.requireOwnPage(request);
        const token = givenToken(request);
        const issued = await limits.refresh(request.ip, () =>
          sessions.refresh(token, deviceOf(request)),
        );
        return handOver(request, reply, issued);
      },
    });

    function givenToken(
      request: FastifyRequest<{ Querystring: SessionQuery; Body: RefreshBody | undefined }>,
    ): string {
      if (request.query.session === 'cookie') return cookie.read(request);
      const token = request.body?.refreshToken;
      if (token === undefined) throw invalidValue('refreshToken', 'must be here');
      return token;
    }

    app.post('/logout', {
      schema: { tags, summary: 'End this session', response: { 204: Nothing } },
      config: { access: 'user' },
      handler: async ({ viewer }, reply) => {
        await sessions.logout(viewer);
        cookie.clear(reply);
        return reply.code(204).send(null);
      },
    });

    app.post('/logout-all', {
      schema: {
        tags,
        summary: 'End all sessions of the caller, this one too',
        response: { 204: Nothing },
      },
      config: { access: 'user' },
      handler: async ({ viewer }, reply) => {
        await sessions.endAll(viewer.userId);
        cookie.clear(reply);
        return reply.code(204).send(null);
      },
    });

    app.get('/sessions', {
      schema: {
        tags,
        summary: "The caller's signed-in devices, the latest sign-in first",
        response: { 200: SessionList },
      },
      config: { access: 'user' },
      handler: ({ viewer }) => listSessions(db, viewer.userId, viewer.sessionId),
    });

    app.delete('/sessions/:id', {
      schema: { tags, summary: 'Sign a device out', params: IdParams, response: { 204: Nothing } },
      config: { access: 'user' },
      handler: async ({ viewer, params }, reply) => {
        await sessions.end(viewer.userId, params.id);
        if (params.id === String(viewer.sessionId)) cookie.clear(reply);
        return reply.code(204).send(null);
      },
    });
  };

const deviceOf = ({ headers, ip }: FastifyRequest): Device => ({
  userAgent: headers['user-agent'] ?? '',
  address: ip,
});
