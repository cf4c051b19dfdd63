import type { Trx } from '../core/database.ts';
import { ProblemError } from '../core/problems.ts';
import type { Ring } from '../notifications/commit-and-ring.ts';
import { bumpVersion, type ConversationRow, type Role } from './change-conversation.ts';
import { insertMembers } from './insert-members.ts';
import { type CrowdLimits, ringMembers } from './member-rings.ts';
import { placesOf, type RoomLimits } from './room-settings.ts';

/** Makes a member of whoever is none, in a locked room; throws a 409 when it is full. Returns who is to hear of it. */
export async function admit(
  trx: Trx,
  conversation: ConversationRow,
  userId: number,
  role: Role,
  limits: RoomLimits & CrowdLimits,
): Promise<Ring[]> {
  const { id, last_sequence: head, member_count } = conversation;
  if (member_count >= placesOf(conversation, limits)) throw new ProblemError('room_full');
  const crowd = { id, member_count: member_count + 1 };
  const version = await bumpVersion(trx, conversation, crowd);
  await insertMembers(trx, [
    {
      conversation_id: id,
      user_id: userId,
      role,
      joined_at: Date.now(),
      joined_version: version,
      // Nothing that was said before is unread, nor waits to be delivered.
      joined_sequence: head,
      read_sequence: head,
      delivered_sequence: head,
      hidden_through: hidesHistory(conversation) ? head : 0,
    },
  ]);
  return [
    { event: 'conversation.created', id: String(id), userIds: [userId] },
    await ringMembers(trx, crowd, limits, { except: userId }),
  ];
}

/** Of a public room everybody could read everything before they joined. */
const hidesHistory = ({ visibility, history }: ConversationRow): boolean =>
  visibility === 'private' && history === 'joined';
