import type { Conversation, Message } from '../conversations/schemas.ts';
import type { Me } from '../users/schemas.ts';
import type { PendingPost } from './post-queue.ts';

/** An unbroken run of messages, as long as it is worth keeping. */
export interface KeptRange {
  /** Messages up to here are not shown to this user. */
  floor: number;
  from: number;
  /** All from `from` up to here that this user can read are in `messages`, ascending. */
  through: number;
  messages: Message[];
}

/** What was heard of beyond the range, but not fetched. */
export interface KeptRung {
  /** The highest sequence. */
  through: number;
  at: string;
  /** The last message, as far as it is known. */
  newest: Message | undefined;
}

/** One conversation as it was held. All of it was true at one moment; so it is stored and loaded as one. */
export interface KeptConversation {
  /** As the server answered it last. */
  fetched: Conversation;
  /** Every change up to here is in the messages. */
  version: number;
  /** Read up to here on this device, though the server may not know it yet. */
  readHere: number;
  range: KeptRange;
  rung?: KeptRung;
}

export interface Kept {
  conversations: KeptConversation[];
  /** Not acknowledged yet, in order. */
  posts: PendingPost[];
}

/**
 * Where a device keeps what it holds between two runs, for one user at a time. Several pages may use one at once: what
 * any of them writes is true, and the sync that follows each start makes up for what is old. What it keeps is private.
 */
export interface KeptStore {
  /** Whose it is; undefined when it is empty. */
  owner(): Promise<Me | undefined>;
  /** Makes it this user's, and forgets what is another's. */
  open(me: Me): Promise<Kept>;
  /** By id; undefined: forget it. Nothing, unless the store is still this user's. */
  putConversations(
    username: string,
    changes: ReadonlyMap<string, KeptConversation | undefined>,
  ): Promise<void>;
  addPost(username: string, post: PendingPost): Promise<void>;
  deletePost(key: string): Promise<void>;
  clear(): Promise<void>;
}
