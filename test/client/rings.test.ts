import { test } from 'tap';
import { run } from './support/client.ts';
import { conversationOf, messageOf } from './support/objects.ts';
import { newReplica } from './support/replica.ts';

/** Of two conversations of ten messages each, all read, the first is not on screen, and nothing of them is held. */
function newHidden() {
  const parts = newReplica();
  const { replica } = parts;
  const lastMessage = messageOf(10);
  replica.apply(conversationOf({ lastSequence: 10, readSequence: 10, lastMessage }));
  const updatedAt = '2100-01-01T00:00:00.000Z';
  replica.apply(conversationOf({ id: '2', lastSequence: 10, updatedAt }));
  parts.events.length = 0;
  const ring = (...sequences: number[]) => {
    for (const sequence of sequences) replica.ring({ conversationId: '1', sequence });
    return replica.conversation('1');
  };
  return { ...parts, ring };
}

test('what rings counts each message once, in whatever order and however often it does', async (t) => {
  const { replica, events, ring } = newHidden();
  t.match(ring(13), { unread: 3, lastSequence: 13 }, 'what was passed over as well');
  t.match(ring(11, 12, 13, 13, 9), { unread: 3, lastSequence: 13 });
  t.match(ring(14), { unread: 4, lastSequence: 14, lastMessage: { sequence: 10 } });
  t.same(events, ['conversation', 'conversation']);
  t.same(replica.positions()['1'], [10, 1], 'nothing of it is held');
});

test('what rings moves a conversation to the top and out of the archive, whatever the clock says', async (t) => {
  const { replica, ring } = newHidden();
  replica.apply(conversationOf({ lastSequence: 10, version: 2, archived: true }));
  const ids = () => replica.conversations().map(({ id }) => id);
  t.same(ids(), ['2', '1']);
  t.match(ring(11), { archived: false });
  t.same(ids(), ['1', '2']);
});

test('a last message that is fetched shows who sent it and when', async (t) => {
  const { replica, ring } = newHidden();
  ring(12);
  const createdAt = '2026-01-01T12:00:00.000Z';
  replica.receive('1', [messageOf(12, { sender: 'ana', createdAt })]);
  const shown = { unread: 1, lastMessage: { sequence: 12 }, updatedAt: createdAt };
  t.match(replica.conversation('1'), shown, 'one’s own is not unread');
  t.same(replica.range('1')?.list(), [], 'it is beyond a gap');
  t.match(ring(13), { unread: 2, lastMessage: { sequence: 12 } });
  replica.receive('1', [messageOf(11)]);
  t.match(replica.conversation('1'), { unread: 2, lastSequence: 13 });
});

test('what the server answers stands, with what has rung since', async (t) => {
  const { replica, ring } = newHidden();
  ring(14);
  const answer = { lastSequence: 13, version: 2, readSequence: 10, unread: 1 };
  replica.apply(conversationOf({ ...answer, lastMessage: messageOf(13) }));
  t.match(replica.conversation('1'), { unread: 2, lastSequence: 14 });
  const later = { lastSequence: 14, version: 3, readSequence: 14, unread: 0 };
  replica.apply(conversationOf({ ...later, lastMessage: messageOf(14) }));
  t.match(replica.conversation('1'), { unread: 0, lastSequence: 14 });
  t.equal(replica.unfetched('1')?.lag, 4);
});

test('what is read here is not unread, though it was only heard of', async (t) => {
  const { replica, ring } = newHidden();
  ring(14);
  t.equal(replica.markRead('1', 12), 12);
  t.match(replica.conversation('1'), { unread: 2, readSequence: 12 });
  replica.markRead('1', 14);
  t.match(replica.conversation('1'), { unread: 0, readSequence: 14 });
});

test('what rang and is not there is forgotten once the server has shown that', async (t) => {
  const { replica, ring } = newHidden();
  ring(14);
  replica.cover('1', 10, { messages: [messageOf(11)], hasBefore: true, hasAfter: false }, 10);
  replica.answered('1', 14);
  t.match(replica.conversation('1'), { unread: 1, lastSequence: 11 });
  ring(14);
  replica.answered('1', 11);
  t.match(replica.conversation('1'), { lastSequence: 14 }, 'it rang after the server was asked');
});

test('a held message that has changed and is not fetched leaves the count to the server', async (t) => {
  const { replica, events } = newReplica();
  replica.settle({}, {});
  replica.apply(conversationOf({ lastSequence: 3, unread: 3 }));
  replica.receive(
    '1',
    run(1, 3).map((sequence) => messageOf(sequence)),
  );
  events.length = 0;
  replica.outdate({ conversationId: '1', sequence: 2 });
  t.equal(replica.conversation('1')?.unread, 3);
  replica.apply(conversationOf({ lastSequence: 3, version: 2, unread: 2 }));
  t.equal(replica.conversation('1')?.unread, 2, 'it was deleted');
  t.same(replica.unfetched('1')?.takeOutdated(), [2]);
  t.same(replica.unfetched('1')?.takeOutdated(), [], 'once');
});

test('the version of a position stands still while something of the conversation is set aside', async (t) => {
  const { replica } = newHidden();
  const asked = replica.beginSync();
  replica.setAside('1', [11]);
  replica.settle(asked, { '1': [11, 5], '2': [10, 5] });
  t.same(replica.positions(), { '1': [10, 1], '2': [10, 5] });
  t.match(replica.conversation('1'), { unread: 1 });
  replica.setAside('2', [10]);
  replica.settle(replica.positions(), { '2': [10, 6] });
  t.same(replica.positions()['2'], [10, 6], 'nothing of that message is held');
  replica.settle(replica.beginSync(), { '1': [11, 6] });
  t.same(replica.positions()['1'], [10, 6], 'a sync that named nothing of it');
});

test('what rang and its last line are kept for the next run, and are no more than that then', async (t) => {
  const { replica, ring } = newHidden();
  ring(13);
  replica.receive('1', [messageOf(13, { sender: 'ana' })]);
  const kept = replica.keep('1');
  const next = newReplica().replica;
  next.restore(kept ? [structuredClone(kept)] : []);
  t.match(next.conversation('1'), { unread: 2, lastSequence: 13, lastMessage: { sequence: 13 } });
  t.same(next.positions(), { '1': [10, 1] });
  t.equal(next.isBehind('1', [13, 1]), true, 'the server is asked for the conversation');
  next.receive('1', [messageOf(11), messageOf(12)]);
  t.same(next.keep('1')?.range.through, 13);
  t.notOk(next.keep('1')?.rung, 'all of it is held');
});
