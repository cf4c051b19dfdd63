import { test } from 'tap';
import { run, sequencesOf } from './support/client.ts';
import { conversationOf, messageOf } from './support/objects.ts';
import { newReplica } from './support/replica.ts';

/** Of somebody who has read up to `readSequence` of `count` messages of others, all of which are held. */
function newWholeReplica(count: number, readSequence: number) {
  const parts = newReplica();
  parts.replica.settle({}, {});
  parts.replica.apply(conversationOf({ lastSequence: count, readSequence, unread: count }));
  parts.replica.receive(
    '1',
    run(1, count).map((sequence) => messageOf(sequence)),
  );
  return parts;
}

test('when all that may be unread is held, it is counted: without own, deleted and cleared messages', async (t) => {
  const { replica } = newWholeReplica(6, 2);
  t.equal(replica.conversation('1')?.unread, 4, 'whatever the server said before');
  replica.receive('1', [messageOf(7, { sender: 'ana' }), messageOf(8)]);
  t.equal(replica.conversation('1')?.unread, 5);
  const deleted = { version: 2, body: null, deletedAt: '2026-01-01T00:00:00.000Z' };
  replica.receive('1', [messageOf(4, deleted), messageOf(4, deleted), messageOf(1, deleted)]);
  t.equal(replica.conversation('1')?.unread, 4);
  const cleared = { lastSequence: 8, version: 2, readSequence: 2, clearedThrough: 5 };
  replica.apply(conversationOf({ ...cleared, unread: 99 }));
  t.equal(replica.conversation('1')?.unread, 2);
});

test('when not all of it is held, the server’s figure stands, and what is new is added to it', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ lastSequence: 30, readSequence: 10, unread: 18 }));
  replica.receive('1', [messageOf(31), messageOf(32, { sender: 'ana' })]);
  t.match(replica.conversation('1'), { unread: 19, lastSequence: 32 });
  t.equal(replica.isOutdatedBy('1', 20), true, 'it may have been deleted');
  t.equal(replica.isOutdatedBy('1', 31), false, 'it is held and came after the figure');
  t.equal(replica.isOutdatedBy('1', 10), false, 'it is not unread');
  replica.apply(conversationOf({ version: 2, lastSequence: 32, readSequence: 10, unread: 19 }));
  t.equal(replica.isOutdatedBy('1', 31), true, 'the figure may count it or not');
  replica.range('1')?.prepend(31, {
    messages: run(5, 30).map((sequence) => messageOf(sequence)),
    hasBefore: true,
    hasAfter: true,
  });
  replica.receive('1', []);
  t.equal(replica.conversation('1')?.unread, 21, 'now they are held');
  t.equal(replica.isOutdatedBy('1', 20), false);
});

test('a change of a last message that is not held shows only at the server', async (t) => {
  const { replica } = newReplica();
  const conversation = { lastSequence: 3, readSequence: 3, lastMessage: messageOf(3) };
  replica.apply(conversationOf(conversation));
  t.equal(replica.isOutdatedBy('1', 3), true);
  t.equal(replica.isOutdatedBy('1', 2), false);
  t.equal(replica.isOutdatedBy('2', 3), false);
  const lastMessage = messageOf(3, { version: 2, body: 'edited' });
  replica.apply(conversationOf({ ...conversation, version: 2, lastMessage }));
  t.match(replica.conversation('1')?.lastMessage, { body: 'edited' });
});

test('a conversation is read here before the server says so, and never back again', async (t) => {
  const { replica, events } = newWholeReplica(6, 2);
  events.length = 0;
  t.equal(replica.markRead('1', 5), 5);
  t.match(replica.conversation('1'), { readSequence: 5, unread: 1 });
  t.equal(replica.markRead('1', 3), 5, 'never back');
  t.equal(replica.markRead('1', 99), 6, 'nor beyond what there is');
  t.match(replica.conversation('1'), { readSequence: 6, unread: 0 });
  t.same(events, ['conversation', 'conversation']);
  replica.apply(conversationOf({ lastSequence: 6, version: 2, readSequence: 4, unread: 2 }));
  t.match(replica.conversation('1'), { readSequence: 6, unread: 0 }, 'an answer on its way');
  replica.unmarkRead('1');
  t.match(replica.conversation('1'), { readSequence: 4, unread: 2 }, 'what the server has');
  replica.apply(conversationOf({ lastSequence: 6, version: 3, readSequence: 5, unread: 1 }));
  t.match(replica.conversation('1'), { readSequence: 5, unread: 1 }, 'read on another device');
});

test('what is cleared is gone and there is nothing older', async (t) => {
  const { replica, events } = newWholeReplica(6, 0);
  events.length = 0;
  const cleared = conversationOf({ lastSequence: 6, version: 2, readSequence: 6 });
  replica.apply({ ...cleared, clearedThrough: 4 });
  t.same(sequencesOf(replica.range('1')?.list() ?? []), [5, 6]);
  t.equal(replica.range('1')?.hasOlder, false);
  t.same(events, ['messagesReset', 'conversation']);
  replica.receive('1', [messageOf(3), messageOf(4, { version: 9 })]);
  t.same(sequencesOf(replica.range('1')?.list() ?? []), [5, 6], 'an answer on its way');
  replica.apply({ ...cleared, version: 3, clearedThrough: 6 });
  t.same(replica.range('1')?.list(), []);
  t.equal(replica.conversation('1')?.lastMessage, null);
});

test('clearing beyond what is held settles what is not', async (t) => {
  const { replica, news } = newReplica();
  replica.apply(conversationOf({ lastSequence: 2 }));
  replica.receive('1', [messageOf(6)]);
  replica.apply(conversationOf({ lastSequence: 6, version: 2, clearedThrough: 5 }));
  t.same(replica.positions(), { '1': [6, 1] });
  t.same(sequencesOf(news), [6]);
  t.match(replica.conversation('1'), { lastMessage: { sequence: 6 }, unread: 1 });
});

test('an archived conversation comes back with its next message', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ lastSequence: 2, archived: true }));
  t.equal(replica.conversation('1')?.archived, true);
  replica.receive('1', [messageOf(3)]);
  t.equal(replica.conversation('1')?.archived, false);
  replica.apply(conversationOf({ lastSequence: 2, archived: true }));
  t.equal(replica.conversation('1')?.archived, false, 'an answer that was overtaken');
});
