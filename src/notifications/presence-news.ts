import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from '../core/config.ts';
import type { Database } from '../core/database.ts';
import type { Announce } from './announce.ts';
import { listAudience } from './presence-audience.ts';

/** Users of one batch. */
const MAX_BATCH = 200;
const FIRST_BATCH = 25;
/** Frames of one batch, and of one user: whoever more people may see is announced to that many of them. */
const MAX_FRAMES = 10_000;

interface Parts {
  db: Database;
  announce: Announce;
  config: Pick<Config, 'presence' | 'presenceMaxMembers'>;
}

export type PresenceNews = ReturnType<typeof keepPresenceNews>;

/**
 * Those whose presence changed and whose people have not heard of it yet. When thousands come at once they are
 * announced in batches, each with one query, that grow and shrink with the number of people who are to hear it.
 */
export function keepPresenceNews({ db, announce, config }: Parts) {
  const { presence, presenceMaxMembers } = config;
  const waiting = new Set<number>();
  let size = FIRST_BATCH;

  return {
    add(userIds: Iterable<number>): void {
      if (!presence) return;
      for (const userId of userIds) waiting.add(userId);
    },

    /** Announces one batch. When this rejects they wait for the next. */
    async tell(): Promise<void> {
      const batch = [...waiting.values().take(size)];
      if (batch.length === 0) return;
      const audience = await listAudience(db, batch, { presenceMaxMembers, limit: MAX_FRAMES });
      if (audience.length === MAX_FRAMES && batch.length > 1) {
        size = Math.ceil(batch.length / 2);
        return;
      }
      if (audience.length < MAX_FRAMES / 4) size = Math.min(2 * size, MAX_BATCH);
      for (const userId of batch) waiting.delete(userId);
      for (const [username, listeners] of Map.groupBy(audience, (row) => row.username)) {
        const userIds = listeners.map(({ listenerId }) => listenerId);
        await announce('user.updated', username, userIds);
        // Whoever posts meanwhile does not wait for all of them.
        await nextTurn();
      }
    },
  };
}
