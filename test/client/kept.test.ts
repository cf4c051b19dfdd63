import { test } from 'tap';
import { memoryTokenStore } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { bodiesOf, newClient, newsOf, openClient, run } from './support/client.ts';
import { MemoryStore } from './support/memory-store.ts';

/** Ana, whose program is ended and started again on one device, and Ben, who goes on talking. */
async function startDevice(t: Scope) {
  const { url } = await startApp(t);
  const [tokens, store] = [memoryTokenStore(), new MemoryStore()];
  const first = await newClient(t, url, 'ana', { tokens, store });
  const ben = await newClient(t, url, 'ben');
  const { id } = await ben.openDirect('ana');
  await first.connect();
  const startAgain = async (options = {}) => {
    const client = openClient(t, url, { tokens, store, ...options });
    await client.restore();
    return client;
  };
  return { url, store, first, ben, id, startAgain };
}

test('what was held is there at the next start, and what happened meanwhile is made up for', async (t) => {
  const { first, ben, id, startAgain } = await startDevice(t);
  for (const n of run(1, 20)) await ben.post(id, `message ${n}`);
  await first.loadLast(id);
  await until(() => first.messages(id).length === 20);
  first.close();

  await ben.post(id, 'said meanwhile');
  await ben.edit(`${id}-20`, 'message 20, edited meanwhile');
  await ben.remove(`${id}-19`);
  const other = await ben.createRoom({ title: 'Opened meanwhile' });
  await ben.addMember(other.id, 'ana');

  const pages: string[] = [];
  const again = await startAgain({
    fetch: (address: string, request: RequestInit) => {
      if (/conversations.*messages/.test(address)) pages.push(new URL(address).search);
      return fetch(address, request);
    },
  });
  t.same(again.messages(id).length, 20, 'before anything is asked for');
  t.equal(again.conversation(id)?.lastMessage?.body, 'message 20');
  const news = newsOf(again);
  await again.connect();
  t.same(bodiesOf(news).sort(), ['message 20, edited meanwhile', null, 'said meanwhile'].sort());
  t.same(bodiesOf(again.messages(id).slice(-3)), [
    null,
    'message 20, edited meanwhile',
    'said meanwhile',
  ]);
  t.equal(again.conversation(other.id)?.title, 'Opened meanwhile');
  t.ok(
    pages.every((page) => page.startsWith('?after=20')),
    'nothing is read again',
  );
  t.equal(again.messages(id).length, 21);
});

test('at most a hundred messages of a conversation are kept, and older ones are read when asked for', async (t) => {
  const { store, first, ben, id, startAgain } = await startDevice(t);
  for (const n of run(1, 120)) await ben.post(id, `message ${n}`);
  await until(() => first.messages(id).length === 120);
  first.close();
  await until(() => store.conversations.get(id)?.range.through === 120);
  t.equal(store.conversations.get(id)?.range.messages.length, 100);
  const again = await startAgain();
  t.equal(again.messages(id)[0]?.sequence, 21);
  t.equal(again.hasOlder(id), true);
  await again.connect();
  await again.loadOlder(id);
  await again.loadOlder(id);
  t.same(
    again.messages(id).map(({ sequence }) => sequence),
    run(1, 120),
  );
});

test('a message that was pending when the program ended is posted once, whatever became of it', async (t) => {
  const { store, first, ben, id, startAgain } = await startDevice(t);
  first.close();
  const deaf = await startAgain({
    fetch: async (input: string, init: RequestInit) => {
      const answer = await fetch(input, init);
      // Stored, but nobody hears of it.
      if (init.method === 'POST' && input.endsWith('/messages')) throw new TypeError('cut off');
      return answer;
    },
  });
  deaf.post(id, 'stored, but the answer is lost').catch(() => {});
  deaf.post(id, 'not even sent').catch(() => {});
  await until(async () => (await ben.api.listMessages(id)).messages.length === 1);
  deaf.close();
  t.equal(store.posts.length, 2);

  const again = await startAgain();
  t.same(
    again.pending(id).map(({ body }) => body),
    ['stored, but the answer is lost', 'not even sent'],
  );
  await again.connect();
  await until(() => again.pending(id).length === 0);
  t.same(bodiesOf((await ben.api.listMessages(id)).messages), [
    'stored, but the answer is lost',
    'not even sent',
  ]);
  t.same(store.posts, []);
});

test('a kept message that is refused in the end is told of', async (t) => {
  const { first, ben, id, startAgain } = await startDevice(t);
  first.close();
  const offline = await startAgain({ fetch: () => Promise.reject(new TypeError('offline')) });
  offline.post(id, 'too late').catch(() => {});
  offline.close();
  await ben.api.block('ana');
  const refused: string[] = [];
  const again = await startAgain();
  again.on('postRefused', ({ post }) => refused.push(post.body));
  await again.connect();
  await until(() => refused.length === 1);
  t.same(refused, ['too late']);
  t.same(again.pending(id), []);
});

test('what was read without a server is told at the next start', async (t) => {
  const { first, ben, id, startAgain } = await startDevice(t);
  await ben.post(id, 'read me');
  await until(() => first.messages(id).length === 1);
  first.close();
  const offline = await startAgain({ fetch: () => Promise.reject(new TypeError('offline')) });
  await offline.markRead(id);
  offline.close();
  const again = await startAgain();
  t.equal(again.conversation(id)?.unread, 0);
  await again.connect();
  await until(async () => (await again.api.getConversation(id)).readSequence === 1);
});

test('nothing is left after signing out, and nothing is shown to the next user', async (t) => {
  const { url, store, first, ben, id, startAgain } = await startDevice(t);
  await ben.post(id, 'for ana');
  await until(() => first.messages(id).length === 1);
  first.close();
  await until(() => store.conversations.size > 0);
  const ofBen = openClient(t, url, { store });
  await ofBen.login('ben', 'a password for tests');
  t.same(ofBen.conversations(), []);
  t.equal(store.me?.username, 'ben');
  const again = await startAgain();
  t.same(again.conversations(), []);
  await again.connect();
  await again.logout();
  await until(() => store.me === undefined);
  t.same([store.conversations.size, store.posts.length], [0, 0]);
});

test('a store that fails is as good as none', async (t) => {
  const { first, ben, id, startAgain } = await startDevice(t);
  first.close();
  const broken = new Proxy(new MemoryStore(), {
    get: () => () => Promise.reject(new Error('the disk is full')),
  });
  const client = await startAgain({ store: broken });
  await client.connect();
  await client.post(id, 'all the same');
  await until(() => client.messages(id).at(-1)?.body === 'all the same');
  t.equal((await ben.api.listMessages(id)).messages.length, 1);
});

test('who is online is not kept but asked for', async (t) => {
  const { store, first, ben, id, startAgain } = await startDevice(t);
  await ben.connect();
  await until(() => first.conversation(id)?.with?.online === true);
  first.close();
  await until(() => store.conversations.get(id)?.fetched.with?.online === true);
  const again = await startAgain();
  t.equal(again.conversation(id)?.with?.online, false);
  await again.connect();
  await until(() => again.conversation(id)?.with?.online === true, 15_000);
});
