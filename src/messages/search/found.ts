import { setImmediate } from 'node:timers/promises';
import { type MessageRow, messageColumns } from '../../conversations/message-view.ts';
import type { Database } from '../../core/database.ts';
import { findHighlights } from './highlights.ts';
import type { Phrase } from './query.ts';
import type { Highlight } from './schemas.ts';

/** A message that its reader may see and that, as it is now, has what is searched for. */
export interface Found {
  row: MessageRow;
  highlights: Highlight[];
}

export interface Reader {
  db: Database;
  userId: number;
  phrases: readonly Phrase[];
}

interface Place {
  conversation_id: number;
  sequence: number;
}

/** Messages that are read before everybody else gets a turn: with SQLite, all happens in this one thread. */
const CHUNK = 100;

/** Those of the messages that are found, at least the first `limit`; the membership is part of the look-up. */
export async function readFound(
  reader: Reader,
  places: readonly Place[],
  limit = Number.POSITIVE_INFINITY,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < places.length && found.length < limit; at += CHUNK) {
    if (at > 0) await setImmediate();
    found.push(...(await readChunk(reader, places.slice(at, at + CHUNK))));
  }
  return found;
}

async function readChunk(reader: Reader, places: readonly Place[]): Promise<Found[]> {
  const byConversation = Map.groupBy(places, (place) => place.conversation_id);
  const rows = await selectReadable(reader)
    .where((eb) =>
      eb.or(
        [...byConversation].map(([conversationId, group]) =>
          eb.and([
            eb('messages.conversation_id', '=', conversationId),
            eb(
              'messages.sequence',
              'in',
              group.map(({ sequence }) => sequence),
            ),
          ]),
        ),
      ),
    )
    .execute();
  return rows.flatMap((row) => {
    const highlights = findHighlights(row.body ?? '', reader.phrases);
    return highlights ? [{ row, highlights }] : [];
  });
}

/** CROSS JOIN, or SQLite would begin with all conversations of the user. */
const selectReadable = ({ db, userId }: Reader) =>
  db
    .selectFrom('messages')
    .crossJoin('users')
    .crossJoin('members')
    .select(messageColumns)
    .select('users.username as sender')
    .whereRef('users.id', '=', 'messages.sender_id')
    .whereRef('members.conversation_id', '=', 'messages.conversation_id')
    .where('members.user_id', '=', userId)
    .whereRef('messages.sequence', '>', 'members.hidden_through')
    .where('messages.deleted_at', 'is', null);
