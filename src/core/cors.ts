import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';

/** Seconds that a browser may remember a preflight; none keeps it for longer. */
const MAX_AGE = 7_200;

const EXPOSED_HEADERS = ['etag', 'location', 'retry-after'];

/** Names and values of headers, for an answer that @fastify/cors does not see; the origin is one of the list. */
export const sharedWith = (origin: string): string[] => [
  ...['access-control-allow-origin', origin, 'access-control-allow-credentials', 'true'],
  ...['access-control-expose-headers', EXPOSED_HEADERS.join(', '), 'vary', 'Origin'],
];

/**
 * Lets the pages of listed origins call the API, cookies included. To all others no header admits that there
 * is such a thing, and without a list nobody is asked. Before authentication: a preflight has no token.
 */
export async function registerCors(
  app: FastifyInstance,
  { corsOrigins }: Pick<Config, 'corsOrigins'>,
): Promise<void> {
  if (corsOrigins.size === 0) return;
  await app.register(cors, {
    origin: (origin, answer) => answer(null, origin !== undefined && corsOrigins.has(origin)),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-none-match'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: MAX_AGE,
    // It would refuse in plain text what a preflight lacks.
    strictPreflight: false,
  });
}
