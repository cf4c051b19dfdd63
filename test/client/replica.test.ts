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
  replica.settle({ '1': [0, 3], '2': [1, 1] });
  t.same(replica.positions(), { '1': [0, 3] });
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
  replica.apply({ ...conversation, topic: 'bells', version: 2, readSequence: 1, unread: 0 });
  replica.apply({ ...conversation, topic: 'bells', version: 2 });
  t.match(
    replica.conversation('1'),
    { readSequence: 1, unread: 1 },
    'a read marker never moves back',
  );
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
  replica.reset('1');
  t.notOk(events.includes('messagesReset'), 'only once the conversation is fetched');
  replica.apply(conversationOf({ lastSequence: 40 }));
  t.match(replica.range('1'), { through: 4, highest: 50 });
  replica.receive(
    '1',
    run(1, 50).map((sequence) => messageOf(sequence)),
  );
  t.same(sequencesOf(news), run(4, 50));
  t.equal(events.filter((event) => event === 'messagesReset').length, 1);
});

test('after a reset by a server that has less than is held, all is read again', async (t) => {
  const { replica } = newReplica();
  replica.apply(conversationOf({ lastSequence: 300, version: 5 }));
  replica.receive('1', [messageOf(301)]);
  replica.reset('1');
  replica.apply(conversationOf({ lastSequence: 200, version: 4 }));
  t.match(replica.range('1'), { through: 100, highest: 200 });
  t.same(replica.positions(), { '1': [100, 4] });
  t.match(replica.conversation('1'), { lastSequence: 200, version: 4 });
});
