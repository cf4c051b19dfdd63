import { test } from 'tap';
import { headsFinder } from '../../src/sync/heads.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

type Positions = Record<string, [number, number]>;
const sync = async (user: TestUser, conversations: Positions) =>
  (await user.post('/sync', { json: { conversations } })).body;

for (const store of storeNames) {
  test(`a crowd that returns at once shares its look-ups, stored in ${store}`, async (t) => {
    let statements = 0;
    const count = () => {
      statements += 1;
    };
    const app = await startApp(t, { store, env: { PRESENCE: 'off' }, onStatement: count });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    await app.signUp('eve');
    const notes = await ana.open('ana');
    const talk = await ana.open('ben');
    const users = await app.db.selectFrom('users').select(['id', 'username']).execute();
    const findHeads = headsFinder(app.db);
    statements = 0;
    const found = await Promise.all([...users, ...users].map(({ id }) => findHeads(id)));
    t.equal(statements, 1);
    const conversations: Record<string, string[]> = { ana: [notes, talk], ben: [talk], eve: [] };
    for (const [index, { username }] of [...users, ...users].entries()) {
      const ids = (found[index] ?? []).map(({ id }) => String(id));
      t.same(ids, conversations[username], username);
    }
  });

  test(`catching up, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const id = await ana.open('ben');
    for (let n = 1; n <= 5; n += 1) await ana.postMessage(id, `message ${n} of 5`);

    t.test('who holds everything is told nothing', async (t) => {
      t.same(await sync(ben, { [id]: [5, 1] }), {
        events: [],
        conversations: { [id]: [5, 1] },
        more: false,
      });
    });

    t.test('who missed messages gets the frames that the socket would have sent', async (t) => {
      const { events, conversations } = await sync(ben, { [id]: [3, 1] });
      t.same(events, [
        { event: 'message.created', id: `${id}-4` },
        { event: 'message.created', id: `${id}-5` },
      ]);
      t.same(conversations, { [id]: [5, 1] });
    });

    t.test('an unknown conversation arrives as created, a lost one as removed', async (t) => {
      t.same((await sync(ben, {})).events, [{ event: 'conversation.created', id }]);
      const strange = await sync(ben, { [id]: [5, 1], '99999': [1, 1], nonsense: [0, 0] });
      t.same(strange.events, [
        { event: 'conversation.removed', id: '99999' },
        { event: 'conversation.removed', id: 'nonsense' },
      ]);
      t.same(strange.conversations, { [id]: [5, 1] });
    });

    t.test('somebody else’s conversation is as one that is not there', async (t) => {
      const eve = await app.signUp('eve');
      const answer = await sync(eve, { [id]: [0, 0] });
      t.same(answer, {
        events: [{ event: 'conversation.removed', id }],
        conversations: {},
        more: false,
      });
    });

    t.test(
      'a gap of more than 500 messages, or a position ahead, starts the conversation anew',
      async (t) => {
        const other = await ana.open('ana');
        await app.db
          .updateTable('conversations')
          .set({ last_sequence: 501 })
          .where('id', '=', Number(other))
          .execute();
        t.equal((await sync(ana, { [id]: [5, 1], [other]: [1, 1] })).events.length, 500);
        const reset = [{ event: 'conversation.reset', id: other }];
        t.same((await sync(ana, { [id]: [5, 1], [other]: [0, 1] })).events, reset);
        t.same((await sync(ana, { [id]: [5, 1], [other]: [502, 1] })).events, reset);
        t.same((await sync(ana, { [id]: [5, 1], [other]: [501, 2] })).events, reset);
      },
    );

    t.test('a long absence is caught up over several calls', async (t) => {
      const reader = await app.signUp('reader');
      for (let n = 0; n < 4; n += 1) {
        const friend = await app.signUp(`friend${n}`);
        const conversation = await friend.open('reader');
        await app.db
          .updateTable('conversations')
          .set({ last_sequence: 400 })
          .where('id', '=', Number(conversation))
          .execute();
      }
      let positions: Positions = Object.fromEntries(
        (await reader.get('/conversations')).body.conversations.map((c: { id: string }) => [
          c.id,
          [0, 1],
        ]),
      );
      const counts: number[] = [];
      for (let more = true; more; ) {
        const answer = await sync(reader, positions);
        counts.push(answer.events.length);
        positions = { ...positions, ...answer.conversations };
        more = answer.more;
      }
      t.same(counts, [1200, 400]);
    });

    t.test('many lost conversations hold nothing up', async (t) => {
      const lost = Object.fromEntries(
        Array.from({ length: 1_500 }, (_, n) => [`${900_000 + n}`, [1, 1] as [number, number]]),
      );
      const { events, conversations, more } = await sync(ben, { ...lost, [id]: [3, 1] });
      t.equal(more, false);
      t.same(conversations, { [id]: [5, 1] });
      t.same(events.slice(1_500), [
        { event: 'message.created', id: `${id}-4` },
        { event: 'message.created', id: `${id}-5` },
      ]);
    });

    t.test('positions that are none are a 400 that names them', async (t) => {
      const refused: [conversations: unknown, path: string][] = [
        [undefined, 'conversations'],
        [[], 'conversations'],
        [{ 42: [1] }, 'conversations.42'],
        [{ 42: [1, 2, 3] }, 'conversations.42'],
        [{ 42: ['1', 2] }, 'conversations.42.0'],
        [{ 42: [1.5, 2] }, 'conversations.42.0'],
        [{ 42: [1, -2] }, 'conversations.42.1'],
        [{ 42: null }, 'conversations.42'],
      ];
      for (const [conversations, path] of refused) {
        const { status, body } = await ana.post('/sync', { json: { conversations } });
        t.equal(status, 400, JSON.stringify(conversations));
        t.ok(
          body.errors.some((error: { path: string }) => error.path.startsWith(path)),
          JSON.stringify(body.errors),
        );
      }
      const polluted = await fetch(`${app.url}/api/v1/sync`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ana.accessToken}`, 'content-type': 'application/json' },
        body: '{"conversations":{"__proto__":[1,1],"constructor":[1,1]}}',
      });
      t.equal(polluted.status, 400);
      const inherited = await sync(ana, { constructor: [1, 1], toString: [1, 1] } as never);
      t.ok(inherited.events.some((event: { id: string }) => event.id === 'constructor'));
    });
  });
}
