import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers are for one viewer at one moment: nothing on the way keeps them, unless a route says otherwise. */
export const NOT_STORED = { 'cache-control': 'no-store' } as const;

/** For what an address with a new name replaces: browsers keep it, and never ask again. */
export const KEPT = { 'cache-control': 'public, max-age=31536000, immutable' } as const;

/** For content that nothing else numbers. */
export const tagOf = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);

/**
 * Labels the answer, which may be kept and is asked about before each use: by anybody, or only by
 * the `private` viewer's browser. Returns whether the client holds it already, so that a 304 will do.
 */
export function isHeld(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { tag, isPrivate = false }: { tag: string; isPrivate?: boolean },
): boolean {
  const etag = `"${tag}"`;
  reply.headers({ etag, 'cache-control': isPrivate ? 'private, no-cache' : 'no-cache' });
  return matches(headers['if-none-match'], etag);
}

/** If-None-Match of RFC 9110 13.1.2: a list of tags, compared weakly, or `*`. */
const matches = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim()));
