import type { Trx } from '../core/database.ts';
import { searchKey } from '../users/users.ts';
import type { ConversationRow } from './change-conversation.ts';

/** Words by which one room is found; those of the title come first. */
const MAX_WORDS = 50;
/** Code points by which words are told apart. */
const MAX_LENGTH = 100;

/** Signs such as + and emoji are words, or parts of them; punctuation, spaces and joiners stand between words. */
const BETWEEN_WORDS = /[\p{P}\p{Z}\p{Cc}\p{Cf}]+/u;

/** The different words of a text in the form in which they are compared, whatever their case was. */
export function wordsOf(text: string): string[] {
  // The one small letter that has another form at the end of a word.
  const folded = searchKey(text).replaceAll('ς', 'σ');
  const words = folded.split(BETWEEN_WORDS).filter((word) => word !== '');
  return [...new Set(words.map((word) => [...word].slice(0, MAX_LENGTH).join('')))];
}

/** What a room is found by, as it will be when this transaction is committed; only public ones are. */
export async function indexRoom(
  trx: Trx,
  { id, visibility, title, topic }: Pick<ConversationRow, 'id' | 'visibility' | 'title' | 'topic'>,
): Promise<void> {
  await forgetWords(trx, id);
  const words = visibility === 'public' ? wordsOf(`${title ?? ''} ${topic ?? ''}`) : [];
  const rows = words.slice(0, MAX_WORDS).map((word) => ({ word, conversation_id: id }));
  if (rows.length > 0) await trx.insertInto('room_words').values(rows).execute();
}

export async function forgetWords(trx: Trx, conversationId: number): Promise<void> {
  await trx.deleteFrom('room_words').where('conversation_id', '=', conversationId).execute();
}
