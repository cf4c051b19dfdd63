import type { Message } from '../../client/index.ts';
import { isSameDay } from '../text/times.ts';
import type { Span } from './span-in-page.ts';

/** Milliseconds within which what one person says stands together. */
const TOGETHER = 5 * 60_000;

interface MessageRow {
  kind: 'message';
  key: string;
  message: Message;
  /** First and last of what one person says in one go. */
  isFirst: boolean;
  isLast: boolean;
}

/** What the timeline shows, one below the other. */
export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | MessageRow;

/** Messages after `unreadAfter` were not read when the conversation was opened. */
export function rowsOf(messages: readonly Message[], unreadAfter?: number): Row[] {
  const rows: Row[] = [];
  let hasDivider = unreadAfter === undefined;
  let before: MessageRow | undefined;
  for (const message of messages) {
    const isNewDay = !before || !isSameDay(before.message.createdAt, message.createdAt);
    if (isNewDay) rows.push({ kind: 'day', key: `day ${message.id}`, at: message.createdAt });
    const startsUnread = !hasDivider && message.sequence > (unreadAfter ?? 0);
    if (startsUnread) {
      rows.push({ kind: 'unread', key: 'unread' });
      hasDivider = true;
    }
    const isFirst = isNewDay || startsUnread || !before || !isTogether(before.message, message);
    if (before && !isFirst) before.isLast = false;
    before = { kind: 'message', key: message.id, message, isFirst, isLast: true };
    rows.push(before);
  }
  return rows;
}

/** Of a part of the messages, from `start` to before `end`: as they stand among the others. */
export function rowsAmong(
  messages: readonly Message[],
  { start, end }: Span,
  unreadAfter?: number,
): Row[] {
  const rows = rowsOf(messages.slice(Math.max(0, start - 1), end + 1), unreadAfter);
  const placeOf = (index: number): number =>
    rows.findIndex((row) => row.kind === 'message' && row.message === messages[index]);
  return rows.slice(start > 0 ? placeOf(start - 1) + 1 : 0, placeOf(end - 1) + 1);
}

const isTogether = (a: Message, b: Message): boolean =>
  a.sender === b.sender && Date.parse(b.createdAt) - Date.parse(a.createdAt) < TOGETHER;
