import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { JWT } from '@fastify/jwt';
import type { Bus } from '../core/bus.ts';
import type { Config } from '../core/config.ts';
import { type Database, type Trx, transact } from '../core/database.ts';
import { ProblemError } from '../core/problems.ts';
import type { Tokens } from './schemas.ts';

/** For this many milliseconds a spent refresh token gets the same successor again: its answer was lost. */
const LOST_ANSWER_GRACE = 10_000;
const DAY = 86_400_000;

export interface SessionParts {
  db: Database;
  bus: Bus;
  jwt: JWT;
  /** Derives refresh tokens from their predecessors. */
  jwtSecret: string;
  config: Pick<Config, 'accessTokenSeconds' | 'refreshTokenDays'>;
}

export type Sessions = ReturnType<typeof sessionKeeper>;

/**
 * Signs devices in and out. A refresh token is `<session id>.<family>.<secret>`: the secret is good
 * for one use, the family shows of a spent one that it was once real. The store has hashes of both.
 * A secret's successor is an HMAC of it, so that a repeat within the grace gets the same one again
 * although nobody has kept it.
 */
export function sessionKeeper({ db, bus, jwt, jwtSecret, config }: SessionParts) {
  const lifetime = config.refreshTokenDays * DAY;

  const tokens = (userId: number, refreshToken: RefreshToken): Tokens => ({
    accessToken: jwt.sign({ sub: String(userId), sid: refreshToken.sessionId }),
    refreshToken: formatRefreshToken(refreshToken),
    expiresIn: config.accessTokenSeconds,
  });

  const successorOf = (secret: string): string =>
    createHmac('sha256', jwtSecret).update(`refresh:${secret}`).digest('base64url');

  /** Live sockets of the session are closed, on every process. */
  const endSession = async (userId: number, sessionId: number): Promise<void> => {
    await transact(db, (trx) =>
      trx
        .updateTable('sessions')
        .set({ ended_at: Date.now() })
        .where('id', '=', sessionId)
        .where('ended_at', 'is', null)
        .execute(),
    );
    await bus.publish([userId], { endedSession: sessionId });
  };

  return {
    async start(trx: Trx, userId: number): Promise<Tokens> {
      const [family, secret] = [randomSecret(), randomSecret()];
      const now = Date.now();
      await forgetEnded(trx, userId, now);
      const { insertId } = await trx
        .insertInto('sessions')
        .values({
          user_id: userId,
          family_hash: hashOf(family),
          refresh_hash: hashOf(secret),
          previous_refresh_hash: null,
          refreshed_at: now,
          created_at: now,
          expires_at: now + lifetime,
          ended_at: null,
        })
        .executeTakeFirstOrThrow();
      return tokens(userId, { sessionId: Number(insertId), family, secret });
    },

    /**
     * Spends a refresh token. One that was spent before, and longer ago than a lost answer explains,
     * is in two hands: the session ends for both. Throws a 401.
     */
    async refresh(refreshToken: string): Promise<Tokens> {
      const given = parseRefreshToken(refreshToken);
      const next = { ...given, secret: successorOf(given.secret) };
      const { userId, outcome } = await transact(db, (trx) => spend(trx, given, next, lifetime));
      if (outcome === 'good') return tokens(userId, next);
      if (outcome === 'replayed') await endSession(userId, given.sessionId);
      throw new ProblemError('refresh_token_spent');
    },

    end: endSession,
  };
}

/** A user's past sessions go when a new one begins, so that the table holds no more than are signed in. */
async function forgetEnded(trx: Trx, userId: number, now: number): Promise<void> {
  await trx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('ended_at', 'is not', null), eb('expires_at', '<=', now)]))
    .execute();
}

interface RefreshToken {
  sessionId: number;
  family: string;
  secret: string;
}

type Spent =
  | { outcome: 'good' | 'replayed'; userId: number }
  | { outcome: 'unknown'; userId: undefined };

/** Of many who spend one token at once the first rotates it; the others find it rotated and agree. */
async function spend(
  trx: Trx,
  given: RefreshToken,
  next: RefreshToken,
  lifetime: number,
): Promise<Spent> {
  const now = Date.now();
  const rotated = await trx
    .updateTable('sessions')
    // In this order: MySQL assigns from left to right.
    .set((eb) => ({
      previous_refresh_hash: eb.ref('refresh_hash'),
      refresh_hash: hashOf(next.secret),
      refreshed_at: now,
      expires_at: now + lifetime,
    }))
    .where('id', '=', given.sessionId)
    .where('family_hash', '=', hashOf(given.family))
    .where('refresh_hash', '=', hashOf(given.secret))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  const session = await trx
    .selectFrom('sessions')
    .select(['user_id', 'family_hash', 'previous_refresh_hash', 'refreshed_at'])
    .where('id', '=', given.sessionId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (!session || !isHashOf(given.family, session.family_hash)) {
    return { outcome: 'unknown', userId: undefined };
  }
  const isRepeat =
    isHashOf(given.secret, session.previous_refresh_hash) &&
    now - session.refreshed_at <= LOST_ANSWER_GRACE;
  const isGood = rotated.numUpdatedRows > 0n || isRepeat;
  return { outcome: isGood ? 'good' : 'replayed', userId: session.user_id };
}

function parseRefreshToken(token: string): RefreshToken {
  const [, id, family, secret] = /^([1-9]\d{0,14})\.([\w-]{43})\.([\w-]{43})$/.exec(token) ?? [];
  if (id === undefined || family === undefined || secret === undefined) {
    throw new ProblemError('refresh_token_spent');
  }
  return { sessionId: Number(id), family, secret };
}

const formatRefreshToken = ({ sessionId, family, secret }: RefreshToken): string =>
  `${sessionId}.${family}.${secret}`;

const randomSecret = (): string => randomBytes(32).toString('base64url');

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const isHashOf = (secret: string, hash: Uint8Array | null): boolean =>
  hash !== null && timingSafeEqual(hashOf(secret), hash);
