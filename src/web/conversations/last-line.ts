import type { Conversation } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { nameOf } from '../people/names.ts';
import { text } from '../text/text.ts';

interface LastLine {
  /** Who said it, where that is not plain. */
  by?: string;
  words: string;
}

/** What was said last, for the list. */
export function lastLineOf({ kind, lastMessage, topic }: Conversation): LastLine {
  if (!lastMessage) return { words: topic ?? '' };
  const words = lastMessage.body ?? text.value.messageDeleted;
  if (lastMessage.sender === me.value?.username) return { by: text.value.you, words };
  return kind === 'room' ? { by: `${nameOf(lastMessage.sender)}:`, words } : { words };
}
