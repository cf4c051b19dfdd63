import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problems.ts';

/**
 * For what a browser does on its own with a page's user: throws a 403 for a page of another origin, and, where the
 * browser's cookie is all that says who asks, for whoever does not say where the call comes from.
 */
export function requireAllowedOrigin(
  { headers: { origin } }: FastifyRequest,
  allowed: ReadonlySet<string>,
  { reliesOnCookie }: { reliesOnCookie: boolean },
): void {
  const isAllowed = origin === undefined ? !reliesOnCookie : allowed.has(origin);
  if (!isAllowed) throw new ProblemError('foreign_origin');
}
