import { test } from 'tap';
import { Replica } from '../../src/client/replica.ts';
import { run, sequencesOf } from './support/client.ts';
import { conversationOf, messageOf } from './support/objects.ts';
import { newReplica } from './support/replica.ts';

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
