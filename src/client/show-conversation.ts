import type { Conversation, Message } from '../conversations/schemas.ts';
import type { MessageRange } from './range.ts';

interface Viewer {
  username: string;
  /** Read up to here on this device, though the server may not know it yet. */
  readHere: number;
  /** Sequences of held messages that have changed since. */
  outdated: ReadonlySet<number>;
}

/**
 * The conversation as the server would show it by now: as it was fetched, with the messages that are held
 * since, which saves fetching it for every message.
 */
export const showConversation = (
  fetched: Conversation,
  range: MessageRange,
  { username, readHere, outdated }: Viewer,
): Conversation => {
  const lastSequence = Math.max(fetched.lastSequence, range.through);
  const readSequence = Math.max(fetched.readSequence, readHere);
  const lastMessage = later(fetched.lastMessage, range.get(lastSequence));
  const hasMoved = lastSequence > fetched.lastSequence;
  return {
    ...fetched,
    lastSequence,
    readSequence,
    lastMessage,
    unread: countUnread(fetched, range, { username, readSequence, outdated }),
    archived: fetched.archived && !hasMoved,
    updatedAt: hasMoved && lastMessage ? lastMessage.createdAt : fetched.updatedAt,
  };
};

/**
 * Whether the server's figure of unread messages is in use, because not all messages that may be unread are held.
 * It is then not known whether the figure counts a message that is deleted.
 */
export const isUnreadAsFetched = (
  fetched: Conversation,
  range: MessageRange,
  readSequence: number,
): boolean => {
  const isHeld = range.from <= Math.max(readSequence, fetched.clearedThrough) + 1;
  return !isHeld || range.through < fetched.lastSequence;
};

const countUnread = (
  fetched: Conversation,
  range: MessageRange,
  { username, readSequence, outdated }: Omit<Viewer, 'readHere'> & { readSequence: number },
): number => {
  const mayBeDeleted = [...outdated].some((sequence) => sequence > readSequence);
  const asFetched = mayBeDeleted || isUnreadAsFetched(fetched, range, readSequence);
  const after = asFetched ? Math.max(readSequence, fetched.lastSequence) : readSequence;
  const unread = range
    .list(after + 1)
    .filter(({ sender, deletedAt }) => sender !== username && deletedAt === null);
  return (asFetched ? fetched.unread : 0) + unread.length;
};

const later = (a: Message | null, b: Message | undefined): Message | null => {
  if (!a || !b) return b ?? a;
  if (a.sequence !== b.sequence) return a.sequence > b.sequence ? a : b;
  return a.version > b.version ? a : b;
};
