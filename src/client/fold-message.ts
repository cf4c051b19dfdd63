import type { Conversation, Message } from '../conversations/schemas.ts';

/**
 * The conversation as the server would show it once `message` is in it, which saves fetching the
 * conversation for every message. Messages are to be given in order of sequence.
 */
export const foldMessage = (
  conversation: Conversation,
  message: Message,
  username: string,
): Conversation => {
  if (message.sequence > conversation.lastSequence) return append(conversation, message, username);
  const { lastMessage } = conversation;
  const isNewer = message.id === lastMessage?.id && message.version > lastMessage.version;
  return isNewer ? { ...conversation, lastMessage: message } : conversation;
};

const append = (conversation: Conversation, message: Message, username: string): Conversation => {
  const isUnread =
    message.sender !== username &&
    message.deletedAt === null &&
    message.sequence > conversation.readSequence;
  return {
    ...conversation,
    lastSequence: message.sequence,
    lastMessage: message,
    unread: conversation.unread + (isUnread ? 1 : 0),
    updatedAt: message.createdAt,
  };
};
