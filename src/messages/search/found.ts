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

export interface Place {
  conversation_id: number;
  sequence: number;
}

/** Messages of one statement. */
const CHUNK = 100;
/** Milliseconds after which everybody else gets a turn: with SQLite, all happens in this one thread. */
const TURN = 10;

/** Those of the messages that are found, at least the first `limit`; the membership is part of the look-up. */
export async function readFound(
  reader: Reader,
  places: readonly Place[],
  limit = Number.POSITIVE_INFINITY,
): Promise<Found[]> {
  const found: Found[] = [];
  let turnEndsAt = performance.now() + TURN;
  for (let at = 0; at < places.length && found.length < limit; at += CHUNK) {
    for (const row of await readChunk(reader, places.slice(at, at + CHUNK))) {
      const highlights = findHighlights(row.body ?? '', reader.phrases);
      if (highlights) found.push({ row, highlights });
      if (performance.now() < turnEndsAt) continue;
      await setImmediate();
      turnEndsAt = performance.now() + TURN;
    }
  }
  return found;
}

function readChunk(reader: Reader, places: readonly Place[]): Promise<MessageRow[]> {
  const byConversation = Map.groupBy(places, (place) => place.conversation_id);
  return selectReadable(reader)
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
