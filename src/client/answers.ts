import type { Conversation, Message } from '../conversations/schemas.ts';
import type { Gather } from './gather.ts';
import type { Replica } from './replica.ts';

/**
 * Takes what calls of the application answer into the replica at once. They run beside the Gather, so an answer may
 * be older than what is held or than a frame that came meanwhile; where versions do not tell, it has the server looked
 * at again.
 */
export class Answers {
  readonly #replica: Replica;
  readonly #gather: Gather;

  constructor(replica: Replica, gather: Gather) {
    this.#replica = replica;
    this.#gather = gather;
  }

  message(message: Message): void {
    this.#replica.receive(message.conversationId, [message]);
    this.#gather.add('gap', message.conversationId);
  }

  messageChanged(messageId: string): void {
    this.#gather.add('update', messageId);
  }

  /** Taken only if it is held: the user may have been removed since it was answered. Returns it as held. */
  conversation(conversation: Conversation): Conversation {
    const { id } = conversation;
    if (!this.#replica.conversation(id)) return conversation;
    this.#replica.apply(conversation);
    this.#gather.add('gap', id);
    return this.#replica.conversation(id) ?? conversation;
  }

  conversationChanged(conversationId: string): void {
    this.#gather.add('conversation', conversationId);
  }

  /** The user is a member as of this answer. Returns it as held. */
  entered(conversation: Conversation): Conversation {
    this.#replica.apply(conversation);
    this.#gather.add('conversation', conversation.id);
    return this.#replica.conversation(conversation.id) ?? conversation;
  }

  /** The user is no longer a member as of this answer; what was asked before may still bring it back. */
  left(conversationId: string): void {
    this.#replica.remove(conversationId);
    this.#gather.add('conversation', conversationId);
  }
}
