import type { Conversation, Message } from '../conversations/schemas.ts';
import type { Me } from '../users/schemas.ts';
import type { PendingPost } from './post-queue.ts';

/**
 * `connecting`: opening the socket or catching up. `live`: everything is held, news arrives as it
 * happens. `offline`: not connected, waiting for the next attempt if connect() was called.
 * `signedOut`: nothing happens until the next login.
 */
export type DoorbellState = 'connecting' | 'live' | 'offline' | 'signedOut';

export interface DoorbellEvents {
  /**
   * A message that is now held: in order of sequence within its conversation, each version once. An edit, a
   * deletion and a reaction are a new version of a message that was held before. Older messages that
   * loadLast and loadOlder fetch are not news and come without this event. Those of a conversation that is not on
   * screen (showOnly) come when it is.
   */
  message: Message;
  /** Created or changed, which a new message does too. */
  conversation: Conversation;
  /** The id of a conversation that the user is no longer a member of. */
  conversationRemoved: string;
  /**
   * The id of a conversation of which messages that were held are dropped: it moved on too far, the user is a
   * member anew, or has cleared it. Show again what messages() has; new ones follow.
   */
  messagesReset: string;
  /**
   * The id of a conversation whose members, or what they have read, may have changed: to be listed again where they
   * are shown. Of what changed while this client was away `synced` tells instead.
   */
  members: string;
  /**
   * The id of a message that has changed and is not held, being older: to be fetched again where it is shown. Of what
   * changed while this client was away `synced` tells instead.
   */
  messageChanged: string;
  /**
   * The username of somebody whose profile or presence may have changed; one's own, too, when one has blocked or unblocked
   * somebody.
   */
  user: string;
  /** Oneself, looked at anew: the profile may have been changed, here or on another device. */
  me: Me;
  /** Somebody else is typing, for about five seconds from now. */
  typing: { conversationId: string; username: string };
  /** A message that was pending when the program ended before, with which nobody waits for an answer. */
  postRefused: { post: PendingPost; error: unknown };
  state: DoorbellState;
  /** Everything that was missed is held; after every reconnect again. */
  synced: undefined;
}

export type Emit = <E extends keyof DoorbellEvents>(event: E, value: DoorbellEvents[E]) => void;
