import type { FastifyInstance } from 'fastify';

/**
 * Who may call a route. The server asks `user` and below for a token and hides `admin` from all others; the rest says what
 * the route's own query or use case makes sure of. `test/access` calls every route as everybody to prove it.
 *
 * - `anyone`: without a token
 * - `user`: whoever is signed in; what is read or changed is one's own, or for all who are
 * - `visitor`: members, and of what is public whoever is signed in; others get a 404
 * - `member`: members of the conversation that the address names; others get a 404
 * - `sender`, `moderator`, `owner`: among the members; other members get a 403
 * - `admin`: others get a 404
 */
type Access = 'anyone' | 'user' | 'visitor' | 'member' | 'sender' | 'moderator' | 'owner' | 'admin';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** No server starts with a route that does not say who may call it. Before any route. */
export function requireDeclaredAccess(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { method, url } = route;
    // The one of @fastify/cors, which cannot say it; it answers preflights and nothing else.
    if (method === 'OPTIONS' && url === '*') route.config = { ...route.config, access: 'anyone' };
    if (route.config?.access === undefined) throw new Error(`${method} ${url} declares no access`);
  });
}
