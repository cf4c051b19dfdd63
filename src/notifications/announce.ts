import type { Bus } from '../core/bus.ts';
import type { CrowdSpread } from './crowd-spread.ts';
import type { AnnouncedFrame, TypingFrame } from './frames.ts';

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
  (bus: Bus, crowdSpread: Pick<CrowdSpread, 'of'>): Announce =>
  (event, id, userIds) => {
    const spread = crowdSpread.of(userIds.length);
    const frame = JSON.stringify({ event, id } satisfies AnnouncedFrame);
    return bus.publish(userIds, { frame, ...(spread === undefined ? {} : { spread }) });
  };

/**
 * Rings with what is stale in a moment. Whoever is behind with reading never gets it, and is owed nothing for
 * it. Never rejects.
 */
export type Whisper = (frame: TypingFrame, userIds: readonly number[]) => Promise<void>;

export const whisperer =
  (bus: Bus): Whisper =>
  (frame, userIds) =>
    bus.publish(userIds, { frame: JSON.stringify(frame), ephemeral: true });
