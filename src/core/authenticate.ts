import type {} from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type {} from './access.ts';
import type { AccessTokens } from './access-tokens.ts';
import { compiledOnce } from './compiled-once.ts';
import type { Database } from './database.ts';
import { gather, type LookUp } from './gather.ts';
import { padded } from './padded.ts';
import { notFound, ProblemError } from './problems.ts';

/** Who is asking: a user whose session was in force when the request arrived. */
export interface Viewer {
  userId: number;
  username: string;
  role: 'user' | 'admin';
  sessionId: number;
  /** Epoch milliseconds at which the access token ends. */
  tokenEndsAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Throws on a public route, which has none. */
    viewer: Viewer;
    [VIEWER]: Viewer | null;
  }
}

export type Authenticate = (token: string) => Promise<Viewer>;

/**
 * Checks the access token and then, in the database, its session, so that a logout or a password
 * change holds from the moment it is acknowledged. Throws a 401.
 */
export const authenticator =
  (accessTokens: Pick<AccessTokens, 'verify'>, findSession: FindSession): Authenticate =>
  async (token) => {
    const { userId, sessionId, endsAt } = accessTokens.verify(token);
    const session = await findSession(sessionId);
    // Restored from a backup, a store gives the ids of lost sessions out again.
    if (session?.userId !== userId) throw new ProblemError('unauthenticated');
    return { ...session, sessionId, tokenEndsAt: endsAt };
  };

/** Whose a session is, as long as it is in force. */
export type FindSession = LookUp<number, Pick<Viewer, 'userId' | 'username' | 'role'>>;

export const sessionFinder = (db: Database): FindSession =>
  gather(async (sessionIds) => {
    const rows = await selectInForce(db, ...padded(sessionIds));
    const inForce = new Map(rows.map(({ id, ...user }) => [id, user]));
    return sessionIds.map((id) => inForce.get(id));
  });

const selectInForce = compiledOnce((db, ...sessionIds: number[]) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.id', 'sessions.user_id as userId', 'users.username', 'users.role'])
    .where('sessions.id', 'in', sessionIds)
    .where('sessions.ended_at', 'is', null),
);

/** Those of the sessions that are in force no more; for sockets, which asked when they were opened. */
export async function findEndedSessions(
  findSession: FindSession,
  sessionIds: readonly number[],
): Promise<Set<number>> {
  const sessions = await Promise.all(sessionIds.map(findSession));
  return new Set(sessionIds.filter((_, index) => sessions[index] === undefined));
}

const VIEWER: unique symbol = Symbol('viewer');

/** Before anything of a request is read, its viewer is known or it is refused. */
export function registerAuthentication(app: FastifyInstance, authenticate: Authenticate): void {
  app.decorateRequest(VIEWER, null);
  app.decorateRequest('viewer', {
    getter() {
      const { [VIEWER]: viewer } = this as FastifyRequest;
      if (!viewer) throw new Error('a public route has no viewer');
      return viewer;
    },
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === 'anyone') return done();
    const token = bearerToken(request);
    if (token === undefined) return done(new ProblemError('unauthenticated'));
    authenticate(token).then((viewer) => {
      request[VIEWER] = viewer;
      done(access === 'admin' && viewer.role !== 'admin' ? notFound() : undefined);
    }, done);
  });
}

/** From the header or, because a browser cannot set one on a socket, from a second subprotocol. */
function bearerToken(request: FastifyRequest): string | undefined {
  const header = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (header !== undefined || !request.ws) return header;
  return subprotocols(request)
    .find((protocol) => protocol.startsWith('bearer.'))
    ?.slice('bearer.'.length);
}

export const subprotocols = (request: FastifyRequest): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
