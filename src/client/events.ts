import type { Conversation, Message } from '../conversations/schemas.ts';

/**
 * `connecting`: opening the socket or catching up. `live`: everything is held, news arrives as it
 * happens. `offline`: not connected, waiting for the next attempt if connect() was called.
 * `signedOut`: nothing happens until the next login.
 */
export type DoorbellState = 'connecting' | 'live' | 'offline' | 'signedOut';

export interface DoorbellEvents {
  /**
   * A message that is now held: in order of sequence within its conversation, each version once. Older
   * messages that loadLast and loadOlder fetch are not news and come without this event.
   */
  message: Message;
  /** Created or changed, which a new message does too. */
  conversation: Conversation;
  /** The id of a conversation that the user is no longer a member of. */
  conversationRemoved: string;
  /** The id of a conversation that moved on too far: what was held is dropped, the last messages follow. */
  messagesReset: string;
  state: DoorbellState;
  /** Everything that was missed is held; after every reconnect again. */
  synced: undefined;
}

export type Emit = <E extends keyof DoorbellEvents>(event: E, value: DoorbellEvents[E]) => void;
