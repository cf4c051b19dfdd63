import type { User } from '../../client/index.ts';
import { now } from '../shell/clock.ts';
import { text } from '../text/text.ts';
import { dayAndTime } from '../text/times.ts';

/** When somebody was last here; empty where that is not for oneself to know. */
export function lastSeenOf({ online, lastSeenAt }: Pick<User, 'online' | 'lastSeenAt'>): string {
  if (online) return text.value.online;
  return lastSeenAt === null ? '' : text.value.lastSeen(dayAndTime(lastSeenAt, now.value));
}
