import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { react, read, remove, repeat, unreact } from './support/changes.ts';
import { openRoom } from './support/room.ts';

/** More different emoji than one message takes. */
const MANY = [...'😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰😗😙😚🙂🤗🤩🤔🤨😐😑'];

for (const store of storeNames) {
  test(`reactions, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const others = await Promise.all(repeat(18, (n) => app.signUp(`user${n}`)));
    const everybody = [ana, ben, ...others];
    const id = await openRoom([ana, ben, ...others]);
    const post = async (body: string) => (await ana.postMessage(id, body)).body.id as string;

    t.test('everybody sees how many there are, and which are their own', async (t) => {
      const message = await post('what do you think?');
      const before = await read(ana, message);
      await react(ana, message, '🎉');
      const answer = await react(ben, message, '👍');
      t.equal(answer.status, 200);
      const reactions = (minePlus: boolean) => [
        { emoji: '🎉', count: 1, mine: !minePlus },
        { emoji: '👍', count: 1, mine: minePlus },
      ];
      t.same(answer.body, { ...before, reactions: reactions(true), version: 3 });
      t.same(await read(ben, message), answer.body);
      t.same(await read(ana, message), { ...answer.body, reactions: reactions(false) });
      const conversation = (await ben.get(`/conversations/${id}`)).body;
      t.same(conversation.lastMessage, answer.body);
      const page = (await ben.get(`/conversations/${id}/messages?limit=1`)).body;
      t.same(page.messages, [answer.body]);
      t.same((await ben.get(`/messages?ids=${message}`)).body.messages, [answer.body]);
    });

    t.test('again changes nothing, and neither does taking back what is not there', async (t) => {
      const message = await post('twice is as once');
      const once = await react(ben, message, '👍');
      const { version } = (await ben.get(`/conversations/${id}`)).body;
      t.same(await react(ben, message, '👍').then(({ body }) => body), once.body);
      const absent = await unreact(ben, message, '🎉');
      t.match(absent, { status: 200 });
      t.same(absent.body, once.body);
      t.same((await unreact(ana, message, '👍')).body.reactions, [
        { emoji: '👍', count: 1, mine: false },
      ]);
      t.equal((await ben.get(`/conversations/${id}`)).body.version, version);
    });

    t.test('emoji stand in the order in which they came, whoever takes theirs back', async (t) => {
      const message = await post('in what order?');
      await react(ana, message, '🙂');
      await react(ben, message, '❤️');
      await react(ben, message, '🙂');
      await unreact(ana, message, '🙂');
      const order = async () =>
        (await read(ana, message)).reactions.map(({ emoji }: { emoji: string }) => emoji);
      t.same(await order(), ['🙂', '❤️']);
      await unreact(ben, message, '🙂');
      await react(ben, message, '🙂');
      t.same(await order(), ['❤️', '🙂'], 'gone altogether and come anew');
      await unreact(ben, message, '🙂');
      const last = await unreact(ben, message, '❤️');
      t.same(last.body.reactions, []);
      t.equal(last.body.version, 8 + 1);
    });

    t.test('the ETag changes with each', async (t) => {
      const message = await post('fetched time and again');
      const statuses: number[] = [];
      let etag = '';
      const fetched = async () => {
        const answer = await ben.get(`/messages/${message}`, {
          headers: { 'if-none-match': etag },
        });
        statuses.push(answer.status);
        etag = answer.headers.get('etag') ?? '';
      };
      for (const change of [
        () => undefined,
        () => react(ana, message, '👍'),
        () => react(ana, message, '👍'),
        () => react(ben, message, '👍'),
        () => unreact(ana, message, '👍'),
      ]) {
        await change();
        await fetched();
      }
      t.same(statuses, [200, 200, 304, 200, 200]);
    });

    t.test('20 members at once with one emoji and with their own: exact counts', async (t) => {
      const message = await post('all together now');
      const own = (n: number) => MANY[n] ?? '';
      const answers = await Promise.all([
        ...everybody.slice(0, 19).map((user, n) => react(user, message, own(n))),
        ...everybody.map((user) => react(user, message, '👍')),
        ...everybody.map((user) => react(user, message, '👍')),
      ]);
      t.ok(answers.every(({ status }) => status === 200));
      const { reactions, version } = await read(ana, message);
      t.equal(version, 1 + 19 + 20);
      const counts = new Map(
        reactions.map(({ emoji, count }: { emoji: string; count: number }) => [emoji, count]),
      );
      t.equal(counts.size, 20);
      t.equal(counts.get('👍'), 20);
      for (const n of Array(19).keys()) t.equal(counts.get(own(n)), 1);
      await Promise.all(everybody.map((user) => unreact(user, message, '👍')));
      t.equal((await read(ana, message)).reactions.length, 19);
    });

    t.test('50 at once leave exactly 20 different emoji', async (t) => {
      const message = await post('one too many for you');
      const answers = await Promise.all(
        repeat(50, (n) => {
          const user = everybody[n % 20] ?? ana;
          return react(user, message, MANY[n % 25] ?? '');
        }),
      );
      const refused = answers.filter(({ status }) => status !== 200);
      t.ok(refused.length > 0);
      t.ok(refused.every(({ body }) => body.code === 'too_many_reactions' && body.status === 409));
      const { reactions, version } = await read(ana, message);
      t.equal(reactions.length, 20);
      t.equal(version, 1 + 50 - refused.length);
      const [known] = reactions;
      t.equal((await react(others[7] ?? ana, message, known.emoji)).status, 200);
      const fresh = MANY.find((one) => !reactions.some((r: { emoji: string }) => r.emoji === one));
      t.equal((await react(ana, message, fresh ?? '')).status, 409);
    });

    t.test('a deleted message takes none, and has none to take back', async (t) => {
      const message = await post('not there for long');
      await react(ben, message, '👍');
      await remove(ana, message);
      const refused = await react(ben, message, '👍');
      t.match(refused, { status: 409, body: { code: 'message_deleted' } });
      t.match(await unreact(ben, message, '👍'), { status: 200, body: { reactions: [] } });
      t.match(await ben.get(`/messages/${message}/reactions`), {
        status: 200,
        body: { reactions: [], hasMore: false, next: null },
      });
    });

    t.test('after a block neither of the two can react or take back', async (t) => {
      const direct = await ana.open('user0');
      const { body: message } = await ana.postMessage(direct, 'before the quarrel');
      await react(ana, message.id, '👍');
      await ana.put('/users/user0/block');
      for (const answer of [
        await react(ana, message.id, '🎉'),
        await unreact(ana, message.id, '👍'),
      ]) {
        t.match(answer, { status: 403, body: { code: 'blocked' } });
      }
      t.equal((await read(ana, message.id)).reactions.length, 1);
    });

    t.test('who reacted, page by page', async (t) => {
      const message = await post('who was it?');
      await Promise.all([
        ...everybody.map((user) => react(user, message, '👍')),
        ...others.slice(0, 7).map((user) => react(user, message, '❤️')),
      ]);
      const list = async (query: string) =>
        (await ben.get(`/messages/${message}/reactions${query}`)).body;
      const all = (await list('')).reactions;
      t.equal(all.length, 27);
      const hearts = all.slice(0, 7).map(({ username }: { username: string }) => username);
      t.same(
        hearts.sort(),
        repeat(7, (n) => `user${n}`),
      );
      for (const [query, total] of [
        ['', 27],
        [`&emoji=${encodeURIComponent('👍')}`, 20],
        [`&emoji=${encodeURIComponent('❤')}`, 7],
        [`&emoji=${encodeURIComponent('🎉')}`, 0],
      ] as const) {
        const pages: unknown[] = [];
        for (let after = ''; ; ) {
          const page = await list(`?limit=5${query}${after}`);
          pages.push(...page.reactions);
          t.equal(page.hasMore, page.next !== null);
          if (!page.hasMore) break;
          after = `&after=${encodeURIComponent(page.next)}`;
        }
        const wanted = query.includes('emoji') ? (await list(`?${query}`)).reactions : all;
        t.equal(pages.length, total, query);
        t.same(pages, wanted);
      }
    });

    t.test('a value that the list does not take is a 400 that names it', async (t) => {
      const message = await post('ask me properly');
      const refused: [query: string, path: string][] = [
        ['?limit=0', 'limit'],
        ['?limit=101', 'limit'],
        ['?emoji=x', 'emoji'],
        ['?emoji=', 'emoji'],
        ['?after=x', 'after'],
        ['?after=', 'after'],
        ['?after=.ana', 'after'],
        [`?after=${encodeURIComponent('👍.nobody')}`, 'after'],
        [`?after=${'x'.repeat(101)}`, 'after'],
      ];
      for (const [query, path] of refused) {
        const answer = await ben.get(`/messages/${message}/reactions${query}`);
        t.match(answer, { status: 400, body: { errors: [{ path }] } }, query);
      }
    });
  });
}
