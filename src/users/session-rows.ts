import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { Trx } from '../core/database.ts';
import type { Tables } from '../core/tables.ts';
import { hashOf, isHashOf, type RefreshToken, randomSecret } from './refresh-tokens.ts';

/** For this many milliseconds a spent refresh token gets the same successor again: its answer was lost. */
const LOST_ANSWER_GRACE = 10_000;

/** What a device says of itself, for its user to tell it from others. */
export interface Device {
  userAgent: string;
  address: string;
}

const LONGEST_USER_AGENT = 200;

const deviceColumns = ({ userAgent, address }: Device) => ({
  user_agent: [...userAgent.toWellFormed()].slice(0, LONGEST_USER_AGENT).join(''),
  address,
});

export async function insertSession(
  trx: Trx,
  userId: number,
  device: Device,
  lifetime: number,
): Promise<RefreshToken> {
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
      ...deviceColumns(device),
    })
    .executeTakeFirstOrThrow();
  return { sessionId: Number(insertId), family, secret };
}

/** A user's past sessions go when a new one begins, so that the table holds no more than are signed in. */
async function forgetEnded(trx: Trx, userId: number, now: number): Promise<void> {
  const isPast = (eb: ExpressionBuilder<Tables, 'sessions'>) =>
    eb.or([eb('ended_at', 'is not', null), eb('expires_at', '<=', now)]);
  await trx
    .deleteFrom('push_subscriptions')
    .where('user_id', '=', userId)
    .where('session_id', 'in', (eb) =>
      eb.selectFrom('sessions').select('id').where('user_id', '=', userId).where(isPast),
    )
    .execute();
  await trx.deleteFrom('sessions').where('user_id', '=', userId).where(isPast).execute();
}

/** Which of a user's sessions: one, all but one, or all. */
export type WhichSessions = { only: number } | { except: number } | 'all';

/** Ends those that are in force, and what is pushed to their devices; returns which. */
export async function endSessions(
  trx: Trx,
  userId: number,
  which: WhichSessions,
): Promise<number[]> {
  const inForce = trx
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null);
  const rows = await restrict(inForce, which).execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  await trx.updateTable('sessions').set({ ended_at: Date.now() }).where('id', 'in', ids).execute();
  await trx
    .deleteFrom('push_subscriptions')
    .where('user_id', '=', userId)
    .where('session_id', 'in', ids)
    .execute();
  return ids;
}

function restrict<T>(query: SelectQueryBuilder<Tables, 'sessions', T>, which: WhichSessions) {
  if (which === 'all') return query;
  return 'only' in which
    ? query.where('id', '=', which.only)
    : query.where('id', '!=', which.except);
}

type Spent =
  | { outcome: 'good'; userId: number; next: RefreshToken }
  | { outcome: 'replayed'; userId: number }
  | { outcome: 'unknown' };

/**
 * Of many who spend one token at once the first rotates it; the others find it rotated and agree. `successors` has, first,
 * what it is rotated to, and what a process with another key may have rotated it to a moment ago.
 */
export async function spendRefreshToken(
  trx: Trx,
  given: RefreshToken,
  successors: readonly [RefreshToken, ...RefreshToken[]],
  { device, lifetime }: { device: Device; lifetime: number },
): Promise<Spent> {
  const now = Date.now();
  const [next] = successors;
  const rotated = await trx
    .updateTable('sessions')
    // In this order: MySQL assigns from left to right.
    .set((eb) => ({
      previous_refresh_hash: eb.ref('refresh_hash'),
      refresh_hash: hashOf(next.secret),
      refreshed_at: now,
      expires_at: now + lifetime,
      ...deviceColumns(device),
    }))
    .where('id', '=', given.sessionId)
    .where('family_hash', '=', hashOf(given.family))
    .where('refresh_hash', '=', hashOf(given.secret))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  const session = await trx
    .selectFrom('sessions')
    .select(['user_id', 'family_hash', 'refresh_hash', 'previous_refresh_hash', 'refreshed_at'])
    .where('id', '=', given.sessionId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (!session || !isHashOf(given.family, session.family_hash)) return { outcome: 'unknown' };
  const { user_id: userId } = session;
  if (rotated.numUpdatedRows > 0n) return { outcome: 'good', userId, next };
  const isRepeat =
    isHashOf(given.secret, session.previous_refresh_hash) &&
    now - session.refreshed_at <= LOST_ANSWER_GRACE;
  const again = successors.find(({ secret }) => isHashOf(secret, session.refresh_hash));
  return isRepeat && again
    ? { outcome: 'good', userId, next: again }
    : { outcome: 'replayed', userId };
}
