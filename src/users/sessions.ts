import type { AccessTokens } from '../core/access-tokens.ts';
import type { Viewer } from '../core/authenticate.ts';
import type { Bus } from '../core/bus.ts';
import type { Config } from '../core/config.ts';
import { type Database, type Trx, transact } from '../core/database.ts';
import { parseId, toTimestamp } from '../core/ids.ts';
import type { JwtSecrets } from '../core/jwt-secret.ts';
import { notFound, ProblemError } from '../core/problems.ts';
import {
  formatRefreshToken,
  parseRefreshToken,
  type RefreshToken,
  successorOf,
} from './refresh-tokens.ts';
import type { SessionList, Tokens } from './schemas.ts';
import {
  type Device,
  endSessions,
  insertSession,
  spendRefreshToken,
  type WhichSessions,
} from './session-rows.ts';

const DAY = 86_400_000;
/** Sessions of one user that are told of; more are possible, and end with the rest. */
const MAX_LISTED = 200;

export interface SessionParts {
  db: Database;
  bus: Bus;
  accessTokens: Pick<AccessTokens, 'sign'>;
  /** Derive refresh tokens from their predecessors; the first for new ones. */
  jwtSecrets: JwtSecrets;
  config: Pick<Config, 'accessTokenSeconds' | 'refreshTokenDays'>;
}

export type Sessions = ReturnType<typeof sessionKeeper>;

/** Tokens of a client that keeps its refresh token itself. */
export type IssuedTokens = Tokens & { refreshToken: string };

/** Signs devices in and out. */
export function sessionKeeper({ db, bus, accessTokens, jwtSecrets, config }: SessionParts) {
  const lifetime = config.refreshTokenDays * DAY;

  const issue = (userId: number, refreshToken: RefreshToken): IssuedTokens => ({
    accessToken: accessTokens.sign(userId, refreshToken.sessionId),
    refreshToken: formatRefreshToken(refreshToken),
    expiresIn: config.accessTokenSeconds,
  });

  const end = async (userId: number, which: WhichSessions): Promise<number> => {
    const ended = await transact(db, (trx) => endSessions(trx, userId, which));
    await announceEnd(userId, ended);
    return ended.length;
  };

  /** Live sockets of these sessions are closed, on every process. After commit. */
  const announceEnd = async (userId: number, endedSessions: readonly number[]): Promise<void> => {
    if (endedSessions.length > 0) await bus.publish([userId], { endedSessions });
  };

  return {
    /** The user's row must be locked, so that nobody ends all sessions while another one starts. */
    async start(trx: Trx, userId: number, device: Device): Promise<IssuedTokens> {
      return issue(userId, await insertSession(trx, userId, device, lifetime));
    },

    /**
     * Spends a refresh token. One that was spent before, and longer ago than a lost answer explains,
     * is in two hands: the session ends for both. Throws a 401.
     */
    async refresh(refreshToken: string, device: Device): Promise<IssuedTokens> {
      const given = parseRefreshToken(refreshToken);
      const [key, ...otherKeys] = jwtSecrets;
      const successors = [
        successorOf(given, key),
        ...otherKeys.map((other) => successorOf(given, other)),
      ] as const;
      const spent = await transact(db, (trx) =>
        spendRefreshToken(trx, given, successors, { device, lifetime }),
      );
      if (spent.outcome === 'good') return issue(spent.userId, spent.next);
      if (spent.outcome === 'replayed') await end(spent.userId, { only: given.sessionId });
      throw new ProblemError('refresh_token_spent');
    },

    announceEnd,

    /** One's own session. */
    async logout({ userId, sessionId }: Viewer): Promise<void> {
      await end(userId, { only: sessionId });
    },

    /** Throws a 404 for what is no session of this user's. */
    async end(userId: number, id: string): Promise<void> {
      const sessionId = parseId(id);
      const ended = sessionId === undefined ? 0 : await end(userId, { only: sessionId });
      if (ended === 0) throw notFound();
    },

    async endAll(userId: number): Promise<void> {
      await end(userId, 'all');
    },
  };
}

/** A user's signed-in devices, the latest sign-in first. */
export async function listSessions(
  db: Database,
  userId: number,
  currentId?: number,
): Promise<SessionList> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'user_agent', 'address', 'created_at', 'refreshed_at', 'expires_at'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', Date.now())
    .orderBy('id', 'desc')
    .limit(MAX_LISTED)
    .execute();
  return {
    sessions: rows.map((row) => ({
      id: String(row.id),
      current: row.id === currentId,
      userAgent: row.user_agent,
      address: row.address,
      createdAt: toTimestamp(row.created_at),
      lastUsedAt: toTimestamp(row.refreshed_at),
      expiresAt: toTimestamp(row.expires_at),
    })),
  };
}
