import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../core/config.ts';
import { requireAllowedOrigin } from '../core/origins.ts';
import { ProblemError } from '../core/problems.ts';

const DAY = 86_400;
/** The calls that it is for, and no others. */
const PATH = '/api/v1/auth';

/** For what reads or sets the cookie; before the routes that do. */
export const registerCookies = (app: FastifyInstance) => app.register(cookie);

/**
 * Where a browser keeps a refresh token: out of reach of scripts, and not sent along with what other sites begin. Since
 * pages of a sibling of our host count as the same site, every call with it says where it comes from, too.
 */
export function refreshCookie(
  config: Pick<Config, 'publicUrl' | 'allowedOrigins' | 'refreshTokenDays'>,
) {
  const secure = config.publicUrl.startsWith('https:');
  // Browsers take a cookie with this prefix over TLS alone (RFC 6265bis 4.1.3.1).
  const name = secure ? '__Secure-doorbell' : 'doorbell';
  const attributes = { httpOnly: true, sameSite: 'strict', secure, path: PATH } as const;
  return {
    /** Throws a 403 for pages that may not have a session here. */
    requireOwnPage: (request: FastifyRequest): void =>
      requireAllowedOrigin(request, config.allowedOrigins, { reliesOnCookie: true }),
    set: (reply: FastifyReply, token: string): void =>
      void reply.setCookie(name, token, { ...attributes, maxAge: config.refreshTokenDays * DAY }),
    clear: (reply: FastifyReply): void => void reply.clearCookie(name, attributes),
    /** Throws a 401 when there is none. */
    read(request: FastifyRequest): string {
      const token = request.cookies[name];
      if (token === undefined) throw new ProblemError('refresh_token_spent');
      return token;
    },
  };
}
