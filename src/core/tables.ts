import type { Generated } from 'kysely';

/**
 * Every row of the store. Times are epoch milliseconds, flags are 0 or 1, so that both databases
 * hold the same values. Tables compare text by its bytes; where case must not matter, the column
 * holds the lower case.
 */
export interface Tables {
  users: UserTable;
  sessions: SessionTable;
  conversations: ConversationTable;
  members: MemberTable;
  messages: MessageTable;
  changes: ChangeTable;
  deletions: DeletionTable;
  reactions: ReactionTable;
  room_words: RoomWordTable;
  deleted_rooms: DeletedRoomTable;
  blocks: BlockTable;
  processes: ProcessTable;
  online: OnlineTable;
  search_heads: SearchHeadTable;
  search_segments: SearchSegmentTable;
  search_documents: SearchDocumentTable;
  mail_tokens: MailTokenTable;
  deleted_users: DeletedUserTable;
  audit_entries: AuditEntryTable;
  push_subscriptions: PushSubscriptionTable;
}

interface UserTable {
  id: Generated<number>;
  /** Lower case, unique. */
  username: string;
  /** Lower case, unique. */
  email: string;
  display_name: string;
  /** Lower case of display_name, to search by. */
  display_name_key: string;
  about: string;
  /** `argon2id$…`; see users/passwords.ts. */
  password_hash: string;
  role: 'user' | 'admin';
  created_at: number;
  /** When the last socket closed; of whoever is online, see OnlineTable. */
  last_seen_at: Generated<number | null>;
  /** Since when an admin keeps this user out. */
  disabled_at: Generated<number | null>;
  /** Of an account that is gone: its row stays, without anything personal, as the sender of its messages. */
  deleted_at: Generated<number | null>;
}

/** One signed-in device: a family of refresh tokens, of which only the newest is good. */
interface SessionTable {
  id: Generated<number>;
  user_id: number;
  /** SHA-256 of what all refresh tokens of this session have in common. */
  family_hash: Buffer;
  /** SHA-256 of the secret of the refresh token in force. */
  refresh_hash: Buffer;
  /** SHA-256 of the one before it, to tell a lost answer from a theft. */
  previous_refresh_hash: Buffer | null;
  refreshed_at: number;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
  /** As the device described itself when it was last heard of, and where that was. */
  user_agent: Generated<string>;
  address: Generated<string>;
}

interface ConversationTable {
  id: Generated<number>;
  kind: 'direct' | 'room';
  title: string | null;
  /** Lower case of a room's title, to list and search by. */
  title_key: Generated<string | null>;
  topic: string | null;
  visibility: 'public' | 'private';
  /** What whoever joins may read of what was said before: null is all of it. */
  history: Generated<'joined' | null>;
  max_members: number | null;
  /** `<smaller user id>:<larger user id>`, unique: one direct conversation per pair. */
  direct_key: string | null;
  member_count: number;
  last_sequence: number;
  version: number;
  /** Of a direct conversation: 1 when one of the two has blocked the other, 2 when the account of one is deleted. */
  blocked: Generated<number>;
  created_at: number;
  updated_at: number;
}

interface MemberTable {
  conversation_id: number;
  user_id: number;
  role: 'owner' | 'moderator' | 'member';
  read_sequence: number;
  /** Messages up to this one came before the member. */
  joined_sequence: number;
  joined_at: number;
  /** The conversation's version with this member in it: what a client held before is of another membership. */
  joined_version: Generated<number>;
  /** Counts the changes of what follows and of read_sequence. */
  view_version: Generated<number>;
  /** The newest message of others that was fetched. */
  delivered_sequence: Generated<number>;
  /** Messages up to this one are not this member's to see: from before they joined, or cleared. */
  hidden_through: Generated<number>;
  muted: Generated<number>;
  /** Archived when the conversation was at this sequence, and until it is beyond. */
  archived_sequence: Generated<number | null>;
}

/** Clustered by (conversation_id, sequence): the last messages of a conversation are neighbours on disk. */
interface MessageTable {
  conversation_id: number;
  sequence: number;
  sender_id: number;
  body: string | null;
  /** Sequence of the message replied to, in the same conversation. */
  reply_to: number | null;
  /** Unique by conversation and sender. */
  idempotency_key: string | null;
  /** What was posted under the key, so that a different message under it is noticed even after an edit. */
  request_hash: Buffer | null;
  version: number;
  created_at: number;
  edited_at: Generated<number | null>;
  deleted_at: Generated<number | null>;
  /** 1 when there may be reactions, so that most messages are read without looking. */
  reacted: Generated<number>;
}

/** Messages that are not as they were posted, each with the conversation's version of its latest change. */
interface ChangeTable {
  conversation_id: number;
  sequence: number;
  version: number;
}

/** The deleted messages, so that counting them costs what they are and not what there is. */
interface DeletionTable {
  conversation_id: number;
  sequence: number;
  sender_id: number;
}

interface ReactionTable {
  conversation_id: number;
  sequence: number;
  emoji: string;
  user_id: number;
  /** Of the conversation, by which emoji are in the order in which they came. */
  version: number;
}

/** The words of public rooms' titles and topics, in lower case. */
interface RoomWordTable {
  word: string;
  conversation_id: number;
}

/** Rooms that nobody can see any more, and whose messages are still to be removed. */
interface DeletedRoomTable {
  conversation_id: number;
}

interface BlockTable {
  blocker_id: number;
  blocked_id: number;
  created_at: number;
}

/** A process that holds sockets, and its last sign of life by the clock of the database. */
interface ProcessTable {
  id: string;
  seen_at: number;
}

/** The users with an open socket, by the process that holds it. They are online while that process lives. */
interface OnlineTable {
  user_id: number;
  process_id: string;
}

/** How far a conversation is indexed for the search. Whoever changes what may be indexed counts the turn first. */
interface SearchHeadTable {
  conversation_id: number;
  indexed_sequence: number;
  /** The largest created_at of what is indexed. */
  newest_at: number;
  turn: number;
}

/** Parts of a conversation that are full, each with the largest created_at of what was indexed until then. */
interface SearchSegmentTable {
  conversation_id: number;
  /** See messages/search/terms.ts. */
  segment: number;
  newest_at: number;
}

/** Messages that can be found; their terms are in a full-text index, see messages/search/documents.ts. */
interface SearchDocumentTable {
  conversation_id: number;
  sequence: number;
  created_at: number;
}

/** What was mailed to somebody, to be shown once: a right to set a new password, or proof of an e-mail address. */
interface MailTokenTable {
  /** SHA-256. */
  token_hash: Buffer;
  user_id: number;
  purpose: 'reset-password' | 'confirm-email';
  /** Where it was sent. */
  email: string;
  expires_at: number;
}

/** Deleted accounts that are still to leave their conversations. */
interface DeletedUserTable {
  user_id: number;
}

/** Where a signed-in device is reached by Web Push while it holds no socket. It goes with its session. */
interface PushSubscriptionTable {
  id: Generated<number>;
  user_id: number;
  session_id: number;
  /** SHA-256, unique: whoever subscribes last has the device. */
  endpoint_hash: Buffer;
  /** At the push service; who knows it can send, so it is a secret. */
  endpoint: string;
  /** The device's keys, base64url: RFC 8291. */
  p256dh: string;
  auth: string;
  created_at: number;
  /** When the push service last took something for it, to the day. */
  succeeded_at: number | null;
}

/** What admins did. Nothing changes or removes an entry. */
interface AuditEntryTable {
  id: Generated<number>;
  at: number;
  /** Null for what was done by a command on the server. */
  admin_id: number | null;
  act: string;
  /** The user, conversation or message that it was done to. */
  target: string;
  detail: string;
}
