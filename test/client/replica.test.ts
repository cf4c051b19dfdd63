import { test } from 'tap';
import type { Emit } from '../../src/client/events.ts';
import type { Message } from '../../src/client/index.ts';
import { Replica } from '../../src/client/replica.ts';
import { run, sequencesOf } from './support/client.ts';
import { conversationOf, messageOf } from './support/objects.ts';

/** A replica that has caught up, with the names of its events and the messages that were news. */
function newReplica() {
  const events: string[] = [];
  const news: Message[] = [];
  const emit: Emit = (event, value) => {
    events.push(event);
    if (event === 'message') news.push(value as Message);
  };
  return { replica: new Replica('ana', emit), events, news };
}

test('the position is what is held without a gap, not what was seen', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ lastSequence: 5 }));
  t.same(replica.positions(), { '1': [5, 1] });
  replica.receive('1', [messageOf(6), messageOf(9)]);
  t.same(replica.positions(), { '1': [6, 1] });
  t.equal(replica.conversation('1')?.lastSequence, 6);
});

test('the version of a position moves only when all changes up to it were fetched', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ version: 2 }));
  replica.apply(conversationOf({ version: 4 }));
  t.same(replica.positions(), { '1': [0, 2] });
  replica.settle({ '1': [0, 2] }, { '1': [0, 3], '2': [1, 1] });
  t.same(replica.positions(), { '1': [0, 3] });
});

test('the version of what came to be held, or began anew, while /sync was under way stays as it is', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ version: 2 }));
  const asked = replica.positions();
  replica.apply(conversationOf({ id: '2', version: 4 }));
  replica.restart(conversationOf({ version: 5 }), 0);
  replica.settle(asked, { '1': [0, 7], '2': [0, 6] });
  t.same(replica.positions(), { '1': [0, 5], '2': [0, 4] });
});

test('a conversation that was read before later messages takes nothing back', async (t) => {
  const { replica, events } = newReplica();
  const conversation = conversationOf({ lastSequence: 1, unread: 1, lastMessage: messageOf(1) });
  replica.apply(conversation);
  replica.receive('1', [messageOf(2), messageOf(3, { sender: 'ana' })]);
  const held = replica.conversation('1');
  t.match(held, { lastSequence: 3, unread: 2, lastMessage: { sequence: 3 } });
  events.length = 0;
  replica.apply(conversation);
  t.same(replica.conversation('1'), held);
  t.same(events, []);
  replica.apply({ ...conversation, topic: 'bells', version: 2 });
  t.same(replica.conversation('1'), { ...held, topic: 'bells', version: 2 });
  t.same(events, ['conversation']);
  replica.apply(conversation);
  t.equal(replica.conversation('1')?.topic, 'bells', 'an answer that was overtaken');
});

test('a later version of the last message shows in the conversation', async (t) => {
  const { replica, news } = newReplica();
  replica.apply(conversationOf());
  replica.receive('1', [messageOf(1)]);
  replica.receive('1', [messageOf(1, { version: 2, body: 'edited' })]);
  t.match(replica.conversation('1'), {
    lastSequence: 1,
    unread: 1,
    lastMessage: { body: 'edited' },
  });
  t.equal(news.length, 2);
});

test('after a reset nothing that was news is news again, and what came early is not forgotten', async (t) => {
  const { replica, news, events } = newReplica();
  replica.apply(conversationOf({ lastSequence: 3 }));
  replica.receive('1', [messageOf(4), messageOf(50)]);
  replica.restart(conversationOf({ lastSequence: 40 }), 4);
  t.match(replica.range('1'), { through: 4, highest: 50 });
  replica.receive(
    '1',
    run(1, 50).map((sequence) => messageOf(sequence)),
  );
  t.same(sequencesOf(news), run(4, 50));
  t.equal(events.filter((event) => event === 'messagesReset').length, 1);
  replica.restart(conversationOf({ lastSequence: 49 }), 49);
  t.same(sequencesOf(replica.range('1')?.list() ?? []), [50], 'which came after it was read');
  t.match(replica.conversation('1'), { lastSequence: 50, lastMessage: { sequence: 50 } });
});

test('after a reset by a server that has less than is held, all is read again', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ lastSequence: 300, version: 5 }));
  replica.receive('1', [messageOf(301)]);
  replica.restart(conversationOf({ lastSequence: 200, version: 4 }), 301);
  t.match(replica.range('1'), { through: 100, highest: 200 });
  t.same(replica.positions(), { '1': [100, 4] });
  t.match(replica.conversation('1'), { lastSequence: 200, version: 4 });
});

test('what was news before the user left is not news again for somebody who is back', async (t) => {
  const { replica, news } = newReplica();
  replica.settle({}, {});
  const conversation = conversationOf({ lastSequence: 3, unread: 3 });
  const messages = run(1, 4).map((sequence) => messageOf(sequence));
  replica.apply(conversation);
  replica.receive('1', messages.slice(0, 3));
  replica.remove('1');
  replica.apply(conversation);
  replica.receive('1', messages);
  t.same(sequencesOf(news), [1, 2, 3, 4]);
  replica.remove('1');
  replica.apply(conversation);
  replica.receive('1', messages);
  t.equal(news.length, 4, 'nor by an answer that is older still');
});

test('what the user had read of a conversation is not unread when it starts anew', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ lastSequence: 30, version: 5, readSequence: 30 }));
  replica.restart(conversationOf({ lastSequence: 20, version: 4, readSequence: 15 }), 30);
  t.equal(replica.range('1')?.through, 15);
});

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
  replica.lengthened('1');
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

test('listeners find everything as it is after what they hear of', async (t) => {
  const seen: unknown[] = [];
  const look = (): void => {
    const { unread, lastSequence } = replica.conversation('1') ?? {};
    seen.push([unread, lastSequence, replica.range('1')?.list().length]);
  };
  const replica = new Replica('ana', (event) => event !== 'conversation' && look());
  replica.apply(conversationOf());
  replica.receive('1', [messageOf(1), messageOf(2)]);
  replica.apply(conversationOf({ version: 2, lastSequence: 2, clearedThrough: 1 }));
  t.same(seen, [
    [2, 2, 2],
    [2, 2, 2],
    [1, 2, 1],
  ]);
});
