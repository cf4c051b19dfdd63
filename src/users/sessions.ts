import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { JWT } from '@fastify/jwt';
import type { Config } from '../core/config.ts';
import { type Database, type Trx, transact } from '../core/database.ts';
import { ProblemError } from '../core/problems.ts';
import type { Tokens } from './schemas.ts';

/** For this many milliseconds a spent refresh token gets the same successor again: its answer was lost. */
const LOST_ANSWER_GRACE = 10_000;
const DAY = 86_400_000;

type SessionConfig = Pick<Config, 'accessTokenSeconds' | 'refreshTokenDays'> & {
  jwtSecret: string;
};

export type Sessions = ReturnType<typeof sessionKeeper>;

/**
 * Signs devices in and out. A refresh token is `<session id>.<secret>`, stored as a hash and good
 * for one use. Its successor is an HMAC of it: a repeat within the grace gets the same one without
 * the store ever holding a token that works.
 */
export function sessionKeeper(db: Database, jwt: JWT, config: SessionConfig) {
  const lifetime = config.refreshTokenDays * DAY;

  const tokens = (userId: number, sessionId: number, refreshToken: string): Tokens => ({
    accessToken: jwt.sign({ sub: String(userId), sid: sessionId }),
    refreshToken,
    expiresIn: config.accessTokenSeconds,
  });

  const successorOf = (secret: string): string =>
    createHmac('sha256', config.jwtSecret).update(`refresh:${secret}`).digest('base64url');

  return {
    async start(trx: Trx, userId: number): Promise<Tokens> {
      const secret = randomBytes(32).toString('base64url');
      const now = Date.now();
      const { insertId } = await trx
        .insertInto('sessions')
        .values({
          user_id: userId,
          refresh_hash: hashOf(secret),
          previous_refresh_hash: null,
          refreshed_at: now,
          created_at: now,
          expires_at: now + lifetime,
          ended_at: null,
        })
        .executeTakeFirstOrThrow();
      const sessionId = Number(insertId);
      return tokens(userId, sessionId, `${sessionId}.${secret}`);
    },

    /**
     * Spends a refresh token. One that was spent before, but longer ago than a lost answer
     * explains, is in two hands: the session ends for both. Throws a 401.
     */
    async refresh(refreshToken: string): Promise<Tokens> {
      const { sessionId, secret } = parseRefreshToken(refreshToken);
      const next = successorOf(secret);
      const userId = await transact(db, async (trx) => {
        const now = Date.now();
        const rotated = await trx
          .updateTable('sessions')
          .set((eb) => ({
            previous_refresh_hash: eb.ref('refresh_hash'),
            refresh_hash: hashOf(next),
            refreshed_at: now,
            expires_at: now + lifetime,
          }))
          .where('id', '=', sessionId)
          .where('refresh_hash', '=', hashOf(secret))
          .where('ended_at', 'is', null)
          .where('expires_at', '>', now)
          .executeTakeFirst();
        const session = await trx
          .selectFrom('sessions')
          .selectAll()
          .where('id', '=', sessionId)
          .where('ended_at', 'is', null)
          .executeTakeFirst();
        if (!session) return undefined;
        if (rotated.numUpdatedRows > 0n) return session.user_id;
        if (
          !session.previous_refresh_hash ||
          !same(session.previous_refresh_hash, hashOf(secret))
        ) {
          return undefined;
        }
        if (now - session.refreshed_at <= LOST_ANSWER_GRACE) return session.user_id;
        await end(trx, sessionId);
        return undefined;
      });
      if (userId === undefined) throw new ProblemError('refresh_token_spent');
      return tokens(userId, sessionId, `${sessionId}.${next}`);
    },

    end: (sessionId: number): Promise<void> => transact(db, (trx) => end(trx, sessionId)),
  };
}

async function end(trx: Trx, sessionId: number): Promise<void> {
  await trx
    .updateTable('sessions')
    .set({ ended_at: Date.now() })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute();
}

function parseRefreshToken(token: string): { sessionId: number; secret: string } {
  const [, id, secret] = /^([1-9]\d{0,14})\.([\w-]{43})$/.exec(token) ?? [];
  if (id === undefined || secret === undefined) throw new ProblemError('refresh_token_spent');
  return { sessionId: Number(id), secret };
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b);
