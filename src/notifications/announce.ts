import type { Bus } from '../core/bus.ts';
import type { AnnouncedFrame } from './frames.ts';

/**
 * Rings at every socket of these users, in every process, with the id of what is new. Call it
 * after the transaction has committed and before answering. Never rejects: whoever misses it
 * catches up.
 */
export type Announce = (
  event: AnnouncedFrame['event'],
  id: string,
  userIds: readonly number[],
) => Promise<void>;

export const announcer =
  (bus: Bus): Announce =>
  (event, id, userIds) =>
    bus.publish(userIds, { frame: JSON.stringify({ event, id } satisfies AnnouncedFrame) });
