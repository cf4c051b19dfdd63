import type { Config } from '../core/config.ts';
import type { Database } from '../core/database.ts';
import type { Logger } from '../core/logger.ts';
import type { Announce } from './announce.ts';
import { listAudience } from './presence-audience.ts';

/** Whoever more people may see is announced to that many of them. */
const MAX_FRAMES = 10_000;

interface Parts {
  db: Database;
  announce: Announce;
  log: Logger;
  config: Pick<Config, 'presenceMaxMembers'>;
}

/**
 * Rings that a user's profile has changed, at their own devices and at those who hear of them coming and going. Never
 * rejects: the change is committed, and a profile is read anew whenever it is shown.
 */
export const profileAnnouncer =
  ({ db, announce, log, config: { presenceMaxMembers } }: Parts) =>
  async (userId: number): Promise<void> => {
    try {
      const [user, audience] = await Promise.all([
        db.selectFrom('users').select('username').where('id', '=', userId).executeTakeFirst(),
        listAudience(db, [userId], { presenceMaxMembers, limit: MAX_FRAMES }),
      ]);
      const listeners = audience.map(({ listenerId }) => listenerId);
      if (user) await announce('user.updated', user.username, [userId, ...listeners]);
    } catch (error) {
      log.warn({ err: error }, 'a changed profile was not announced');
    }
  };
