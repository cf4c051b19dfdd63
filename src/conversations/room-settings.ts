import type { Config } from '../core/config.ts';
import { invalidValue } from '../core/problems.ts';
import { searchKey } from '../users/users.ts';
import type { ConversationRow } from './change-conversation.ts';
import type { RoomChanges } from './room-schemas.ts';

/** What the owner and, in part, the moderators of a room decide. */
export type RoomColumns = Pick<
  ConversationRow,
  'title' | 'title_key' | 'topic' | 'visibility' | 'history' | 'max_members'
>;

/** As they are stored; what is not named keeps the value that it has. */
export function columnsOf(
  { title, topic, visibility, history, maxMembers }: RoomChanges,
  kept: RoomColumns,
): RoomColumns {
  const name = title?.trim() ?? kept.title;
  return {
    title: name,
    title_key: name === null ? null : searchKey(name),
    topic: topic === undefined ? kept.topic : topic?.trim() || null,
    visibility: visibility ?? kept.visibility,
    history: history === undefined ? kept.history : history === 'joined' ? 'joined' : null,
    max_members: maxMembers === undefined ? kept.max_members : maxMembers,
  };
}

export type RoomLimits = Pick<Config, 'maxUsersInRoom'>;

/** How many members the room may have. */
export const placesOf = (
  { max_members }: Pick<RoomColumns, 'max_members'>,
  { maxUsersInRoom }: RoomLimits,
): number => Math.min(max_members ?? maxUsersInRoom, maxUsersInRoom);

/** Throws a 400 for a limit above that of all rooms. */
export function requireWithinCap({ maxMembers }: RoomChanges, { maxUsersInRoom }: RoomLimits) {
  if ((maxMembers ?? 1) > maxUsersInRoom) {
    throw invalidValue('maxMembers', `must be at most ${maxUsersInRoom}, or null`);
  }
}
