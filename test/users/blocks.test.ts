import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { until } from '../support/until.ts';

/** Direct conversations that do not say what the blocks of their two members say. */
async function listWrong(app: TestApp): Promise<string[]> {
  const conversations = await app.db
    .selectFrom('conversations')
    .select(['direct_key', 'blocked'])
    .where('kind', '=', 'direct')
    .execute();
  const blocks = await app.db.selectFrom('blocks').selectAll().execute();
  const keys = new Set(
    blocks.map(({ blocker_id: one, blocked_id: other }) =>
      [Math.min(one, other), Math.max(one, other)].join(':'),
    ),
  );
  return conversations
    .filter(({ direct_key, blocked }) => (blocked === 1) !== keys.has(direct_key ?? ''))
    .map(({ direct_key, blocked }) => `${direct_key} says ${blocked}`);
}

for (const store of storeNames) {
  test(`blocking, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const [ana, ben, eve] = [
      await app.signUp('ana'),
      await app.signUp('ben'),
      await app.signUp('eve'),
    ];

    t.test('a block ends messages both ways at once, and hides no history', async (t) => {
      const id = await ana.open('ben');
      await ben.postMessage(id, 'before the block');
      t.equal((await ana.put('/users/Ben/block')).status, 204);
      t.equal((await ana.put('/users/ben/block')).status, 204, 'twice is once');
      for (const user of [ana, ben]) {
        const { status, body } = await user.postMessage(id, 'after the block');
        t.match({ status, code: body.code }, { status: 403, code: 'blocked' });
        const found = await user.put(`/conversations/direct/${user === ana ? 'ben' : 'ana'}`);
        t.match(found, { status: 200, body: { id } });
        t.match(await user.readAll(id), [{ body: 'before the block' }]);
      }
    });

    t.test('it ends when neither has blocked the other', async (t) => {
      const id = await ana.open('ben');
      t.equal((await ben.put('/users/ana/block')).status, 204);
      t.equal((await ana.delete('/users/ben/block')).status, 204);
      t.equal((await ana.delete('/users/ben/block')).status, 204, 'twice is once');
      t.equal((await ana.postMessage(id, 'one block is left')).status, 403);
      t.equal((await ben.delete('/users/ana/block')).status, 204);
      t.equal((await ana.postMessage(id, 'none is left')).status, 201);
      t.equal((await ben.postMessage(id, 'none is left')).status, 201);
    });

    t.test('no direct conversation is opened across a block', async (t) => {
      t.equal((await ana.put('/users/eve/block')).status, 204);
      for (const [user, other] of [
        [ana, 'eve'],
        [eve, 'ana'],
      ] as const) {
        const { status, body } = await user.put(`/conversations/direct/${other}`);
        t.match({ status, code: body.code }, { status: 403, code: 'blocked' });
      }
      t.equal((await ana.delete('/users/eve/block')).status, 204);
      t.equal((await eve.put('/conversations/direct/ana')).status, 201);
    });

    t.test('whom there is not cannot be blocked, nor can oneself', async (t) => {
      for (const name of ['nobody', 'me', '%00', 'ana%20', 'x'.repeat(300)]) {
        t.equal((await ana.put(`/users/${name}/block`)).status, 404, name);
        t.equal((await ana.delete(`/users/${name}/block`)).status, 404, name);
      }
      for (const answer of [
        await ana.put('/users/ana/block'),
        await ana.delete('/users/ana/block'),
      ])
        t.match(answer, { status: 400, body: { errors: [{ path: 'username' }] } });
      t.equal((await app.request('PUT', '/users/ana/block')).status, 401);
      t.equal((await ana.put('/conversations/direct/ana')).status, 201, 'notes are as ever');
    });

    t.test('one sees whom one has blocked, and nobody else does', async (t) => {
      const names = ['u1', 'u2', 'u3', 'u4', 'u5'];
      for (const name of names) await app.signUp(name);
      for (const name of names.toReversed()) await eve.put(`/users/${name}/block`);
      const first = await eve.get('/users/me/blocks?limit=3');
      t.match(first, { status: 200, body: { hasMore: true, next: 'u3' } });
      const second = await eve.get(`/users/me/blocks?limit=3&after=${first.body.next}`);
      t.match(second.body, { hasMore: false, next: null });
      const users = [...first.body.users, ...second.body.users];
      t.same(
        users.map(({ username }) => username),
        names,
      );
      t.match(users[0], { username: 'u1', online: false, lastSeenAt: null });
      t.same((await ana.get('/users/me/blocks')).body.users, []);
    });

    t.test('both hear of it, and whoever heard nothing catches up with it', async (t) => {
      const id = await ana.open('ben');
      const [one, other] = [await ana.socket(), await ben.socket()];
      const { version, lastSequence } = (await ben.get(`/conversations/${id}`)).body;
      await ana.put('/users/ben/block');
      for (const socket of [one, other]) await socket.waitForEvent('conversation.updated', id);
      const known = { [id]: [lastSequence, version] };
      const { body } = await ben.post('/sync', { json: { conversations: known } });
      t.match(
        body.events.filter((frame: { id: string }) => frame.id === id),
        [{ event: 'conversation.updated', id }],
      );
      await ana.delete('/users/ben/block');
    });

    t.test('the devices of whoever blocks hear of it, and the other none of it', async (t) => {
      const [kim, lou] = [await app.signUp('kim'), await app.signUp('lou')];
      const [one, two, other] = [await kim.socket(), await kim.socket(), await lou.socket()];
      const heard = ({ frames }: typeof one) => frames.filter(({ event }) => event !== 'ready');
      const rung = ['kim', 'lou'].map((id) => ({ event: 'user.updated', id }));
      await kim.put('/users/Lou/block');
      await kim.put('/users/lou/block');
      for (const socket of [one, two]) {
        await until(() => heard(socket).length >= rung.length);
        t.same(heard(socket), rung, 'once');
      }
      await kim.delete('/users/lou/block');
      for (const socket of [one, two]) {
        await until(() => heard(socket).length > rung.length + 1);
        t.same(heard(socket), [...rung, ...rung], 'its end too');
      }
      await lou.open('lou');
      await other.waitForEvent('conversation.created');
      t.match(heard(other), [{ event: 'conversation.created' }], 'and nothing before');
    });

    t.test('a room is no place for blocks', async (t) => {
      const id = await ana.createRoom('the room', { members: ['ben'] });
      await ana.put('/users/ben/block');
      t.equal((await ana.postMessage(id, 'to all of you')).status, 201);
      t.equal((await ben.postMessage(id, 'to all of you')).status, 201);
      await ana.delete('/users/ben/block');
    });
  });

  test(`blocks and openings at one moment agree in the end, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    let opened = 0;
    for (let n = 0; n < 60; n += 1) {
      const other = await app.signUp(`other${n}`);
      const giveBlock = () =>
        n % 2 === 0 ? ana.put(`/users/${other.username}/block`) : other.put('/users/ana/block');
      const [block, one, two] = await Promise.all([
        // Before, in and after the moment of the opening.
        n % 3 === 0 ? giveBlock() : sleep(n % 7).then(giveBlock),
        ana.put(`/conversations/direct/${other.username}`),
        other.put('/conversations/direct/ana'),
      ]);
      t.equal(block?.status, 204);
      const statuses = [one?.status, two?.status].sort();
      t.ok(['200,201', '201,403', '403,403'].includes(statuses.join()), statuses.join());
      opened += statuses.includes(201) ? 1 : 0;
      const again = await other.put('/conversations/direct/ana');
      const isOpen = statuses.includes(201);
      t.equal(again.status, isOpen ? 200 : 403);
      if (isOpen) t.equal((await other.postMessage(again.body.id, 'through')).status, 403);
    }
    t.ok(opened > 5 && opened < 55, `${opened} of 60 were opened before the block: the premise`);
    t.same(await listWrong(app), []);
  });

  test(`blocks given and taken at one moment agree in the end, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const id = await ana.open('ben');
    for (let n = 0; n < 60; n += 1) {
      const before = n % 4;
      await (before & 1 ? ana.put('/users/ben/block') : ana.delete('/users/ben/block'));
      await (before & 2 ? ben.put('/users/ana/block') : ben.delete('/users/ana/block'));
      await Promise.all([
        before & 1 ? ana.delete('/users/ben/block') : ana.put('/users/ben/block'),
        before & 2 ? ben.delete('/users/ana/block') : ben.put('/users/ana/block'),
        ana.postMessage(id, 'in the middle of it'),
      ]);
      const isBlocked = before !== 3;
      t.same(await listWrong(app), [], `after ${before}`);
      t.equal((await ana.postMessage(id, 'and then')).status, isBlocked ? 403 : 201);
    }
  });
}
