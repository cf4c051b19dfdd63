import { test } from 'tap';
import type { Message } from '../../src/client/index.ts';
import { type Row, rowsAmong, rowsOf } from '../../src/web/conversation/rows.ts';
import { spanInPage } from '../../src/web/conversation/span-in-page.ts';

const NOON = new Date(2026, 4, 27, 12).getTime();
const MINUTE = 60_000;

const said = (sequence: number, sender: string, minutes: number): Message => ({
  id: `1-${sequence}`,
  conversationId: '1',
  sequence,
  sender,
  body: 'words',
  replyTo: null,
  attachments: [],
  reactions: [],
  createdAt: new Date(NOON + minutes * MINUTE).toISOString(),
  editedAt: null,
  deletedAt: null,
  version: 1,
});

/** `day`, `unread`, and of a message its sequence between the brackets of its group. */
const outline = (rows: readonly Row[]): string =>
  rows
    .map((row) => {
      if (row.kind !== 'message') return row.kind;
      return `${row.isFirst ? '[' : ''}${row.message.sequence}${row.isLast ? ']' : ''}`;
    })
    .join(' ');

test('what one person says in one go stands together', async (t) => {
  const messages = [said(1, 'ana', 0), said(2, 'ana', 1), said(3, 'ben', 2), said(4, 'ben', 20)];
  t.equal(outline(rowsOf(messages)), 'day [1 2] [3] [4]');
});

test('each day begins with a line', async (t) => {
  const messages = [said(1, 'ana', 0), said(2, 'ana', 24 * 60), said(3, 'ana', 24 * 60 + 1)];
  t.equal(outline(rowsOf(messages)), 'day [1] day [2 3]');
});

test('a line stands before the first message that was not read, and only there', async (t) => {
  const messages = [said(1, 'ana', 0), said(2, 'ana', 1), said(3, 'ana', 2)];
  t.equal(outline(rowsOf(messages, 1)), 'day [1] unread [2 3]');
  t.equal(outline(rowsOf(messages, 0)), 'day unread [1 2 3]');
  t.equal(outline(rowsOf(messages, 3)), 'day [1 2 3]');
  t.equal(outline(rowsOf([], 0)), '');
});

test('keys are the same from one time to the next, and no two alike', async (t) => {
  const messages = [said(1, 'ana', 0), said(2, 'ben', 24 * 60)];
  const keys = rowsOf(messages, 1).map(({ key }) => key);
  t.equal(new Set(keys).size, keys.length);
  const more = rowsOf([...messages, said(3, 'ana', 24 * 60)], 1).map(({ key }) => key);
  t.same(more.slice(0, keys.length), keys);
});

test('a part of the messages stands as it does among all of them', async (t) => {
  const messages = [said(1, 'ana', 0), said(2, 'ana', 1), said(3, 'ana', 2), said(4, 'ben', 3)];
  t.equal(outline(rowsAmong(messages, { start: 1, end: 2 })), '2', 'more on either side');
  t.equal(outline(rowsAmong(messages, { start: 0, end: 4 }, 1)), 'day [1] unread [2 3] [4]');
  t.equal(outline(rowsAmong(messages, { start: 1, end: 3 }, 1)), 'unread [2 3]');
  t.equal(outline(rowsAmong(messages, { start: 2, end: 4 }, 1)), '3] [4]', 'it began before');
  t.equal(outline(rowsAmong([], { start: 0, end: 0 })), '');
});

test('of many messages those around where one reads are in the page', async (t) => {
  const many = Array.from({ length: 1_000 }, (_, index) => ({ sequence: index + 501 }));
  t.same(spanInPage(many, Number.POSITIVE_INFINITY), { start: 919, end: 1_000 });
  t.same(spanInPage(many, 1_001), { start: 420, end: 580 });
  t.equal(spanInPage(many, 1).start, 0, 'before the first');
  t.same(spanInPage(many.slice(0, 160), 1), { start: 0, end: 160 }, 'few are all there');
});
