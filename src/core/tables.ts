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
}

interface ConversationTable {
  id: Generated<number>;
  kind: 'direct' | 'room';
  title: string | null;
  topic: string | null;
  visibility: 'public' | 'private';
  max_members: number | null;
  /** `<smaller user id>:<larger user id>`, unique: one direct conversation per pair. */
  direct_key: string | null;
  member_count: number;
  last_sequence: number;
  version: number;
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
  edited_at: number | null;
  deleted_at: number | null;
}
