import { createHash } from 'node:crypto';
import type { Viewer } from '../../core/authenticate.ts';
import { type Database, type Trx, transact } from '../../core/database.ts';
import { lockUser } from '../../core/dialect.ts';
import { parseId } from '../../core/ids.ts';
import { invalidValue, notFound } from '../../core/problems.ts';
import { type EndpointRules, isAllowedEndpoint } from './endpoint.ts';
import type { NewPushSubscription } from './schemas.ts';

/** Of one user; the one that was of use longest ago goes. */
const MAX_SUBSCRIPTIONS = 10;
const DAY = 86_400_000;

/**
 * The session's device can be reached there from now on, and whoever had that device before cannot. Returns its id, the
 * same for the same device. Throws a 400 for an endpoint where no push service can be.
 */
export async function putSubscription(
  db: Database,
  { userId, sessionId }: Viewer,
  { endpoint, keys: { p256dh, auth } }: NewPushSubscription,
  rules: EndpointRules,
): Promise<number> {
  if (!isAllowedEndpoint(endpoint, rules)) {
    throw invalidValue('/endpoint', 'must be an https address at a named host and its usual port');
  }
  const hash = createHash('sha256').update(endpoint).digest();
  const owner = { user_id: userId, session_id: sessionId, p256dh, auth };
  return transact(db, async (trx) => {
    await lockUser(trx, userId);
    // Of two who subscribe with one device at once the second waits here, and then takes it over.
    await trx
      .insertInto('push_subscriptions')
      .ignore()
      .values({
        ...owner,
        endpoint,
        endpoint_hash: hash,
        created_at: Date.now(),
        succeeded_at: null,
      })
      .execute();
    await trx
      .updateTable('push_subscriptions')
      .set(owner)
      .where('endpoint_hash', '=', hash)
      .execute();
    const { id } = await trx
      .selectFrom('push_subscriptions')
      .select('id')
      .where('endpoint_hash', '=', hash)
      .executeTakeFirstOrThrow();
    await removeExcess(trx, userId, id);
    return id;
  });
}

async function removeExcess(trx: Trx, userId: number, newestId: number): Promise<void> {
  const rows = await trx
    .selectFrom('push_subscriptions')
    .select(['id', 'created_at', 'succeeded_at'])
    .where('user_id', '=', userId)
    .where('id', '!=', newestId)
    .execute();
  const lastUse = (row: (typeof rows)[number]) => Math.max(row.created_at, row.succeeded_at ?? 0);
  const excess = rows
    .sort((a, b) => lastUse(b) - lastUse(a) || b.id - a.id)
    .slice(MAX_SUBSCRIPTIONS - 1)
    .map(({ id }) => id);
  if (excess.length === 0) return;
  await trx.deleteFrom('push_subscriptions').where('id', 'in', excess).execute();
}

/** Throws a 404 for what is no subscription of this user's. */
export async function deleteSubscription(
  db: Database,
  { userId }: Viewer,
  id: string,
): Promise<void> {
  const subscriptionId = parseId(id);
  if (subscriptionId === undefined) throw notFound();
  const { numDeletedRows } = await transact(db, (trx) =>
    trx
      .deleteFrom('push_subscriptions')
      .where('user_id', '=', userId)
      .where('id', '=', subscriptionId)
      .executeTakeFirstOrThrow(),
  );
  if (numDeletedRows === 0n) throw notFound();
}

/** The push service says that it has ended, unless it has been made anew meanwhile. */
export async function forgetSubscription(
  db: Database,
  { subscriptionId, endpoint }: { subscriptionId: number; endpoint: string },
): Promise<void> {
  await transact(db, (trx) =>
    trx
      .deleteFrom('push_subscriptions')
      .where('id', '=', subscriptionId)
      .where('endpoint', '=', endpoint)
      .execute(),
  );
}

/** To the day, so that it is not written with every push. */
export const isSuccessNews = ({ succeededAt }: { succeededAt: number | null }): boolean =>
  succeededAt === null || succeededAt < Date.now() - DAY;

export async function noteSuccess(db: Database, subscriptionId: number): Promise<void> {
  await transact(db, (trx) =>
    trx
      .updateTable('push_subscriptions')
      .set({ succeeded_at: Date.now() })
      .where('id', '=', subscriptionId)
      .execute(),
  );
}
