import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '../core/problems.ts';

/**
 * `<session id>.<family>.<secret>`: the secret is good for one use, the family shows of a spent one that it was once
 * real. The store has hashes of both.
 */
export interface RefreshToken {
  sessionId: number;
  family: string;
  secret: string;
}

/** Throws a 401. */
export function parseRefreshToken(token: string): RefreshToken {
  const [, id, family, secret] = /^([1-9]\d{0,14})\.([\w-]{43})\.([\w-]{43})$/.exec(token) ?? [];
  if (id === undefined || family === undefined || secret === undefined) {
    throw new ProblemError('refresh_token_spent');
  }
  return { sessionId: Number(id), family, secret };
}

export const formatRefreshToken = ({ sessionId, family, secret }: RefreshToken): string =>
  `${sessionId}.${family}.${secret}`;

/** An HMAC, so that a repeat gets the same successor again although nobody has kept it. */
export const successorOf = (token: RefreshToken, key: string): RefreshToken => ({
  ...token,
  secret: createHmac('sha256', key).update(`refresh:${token.secret}`).digest('base64url'),
});

export const randomSecret = (): string => randomBytes(32).toString('base64url');

export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export const isHashOf = (secret: string, hash: Uint8Array | null): boolean =>
  hash !== null && timingSafeEqual(hashOf(secret), hash);
