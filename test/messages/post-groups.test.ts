import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { type Test, test } from 'tap';
import type { Statement } from '../../src/core/database.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import { until } from '../support/until.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

for (const store of storeNames) {
  test(`posts of one moment, stored in ${store}`, async (t) => {
    const statements: Statement[] = [];
    const app = await startApp(t, {
      store,
      onStatement: (statement) => statements.push(statement),
    });
    const inserts = () =>
      statements.filter(({ sql }) => /^insert into .messages./i.test(sql)).length;
    const ana = await app.signUp('ana');
    const eve = await app.signUp('eve');
    const others: TestUser[] = [];
    const ids: string[] = [];
    for (const n of range(10)) {
      const other = await app.signUp(`other${n}`);
      others.push(other);
      ids.push(await other.open('ana'));
    }

    t.test('become few transactions, each conversation with its own sequences', async (t) => {
      // So that connections are open.
      await Promise.all(range(200).map(() => ana.get('/users/me')));
      statements.length = 0;
      const answers = await Promise.all(
        range(40).flatMap((n) =>
          ids.slice(0, 5).map((id, index) => others[index]?.postMessage(id, `message ${n} of 40`)),
        ),
      );
      t.ok(answers.every((answer) => answer?.status === 201));
      t.ok(inserts() <= 40, `${inserts()} inserts for 200 posts`);
      for (const id of ids.slice(0, 5)) {
        const all = await ana.readAll(id);
        t.same(
          all.map(({ sequence }) => sequence),
          range(40),
        );
        const list = (await ana.get(`/conversations/${id}`)).body;
        t.equal(list.lastSequence, 40, 'as the conversation counts');
      }
    });

    t.test('one that is refused or repeated takes nothing from its neighbours', async (t) => {
      const [first = '', second = ''] = ids.slice(5);
      const [one, two] = others.slice(5) as [TestUser, TestUser];
      t.equal((await one.postMessage(first, 'posted before', 'a-key')).status, 201);
      await two.put('/users/ana/block');
      const replyTo = (id: string) =>
        one.post(`/conversations/${first}/messages`, { json: { body: 'a reply', replyTo: id } });
      const answers = await Promise.all([
        one.postMessage(first, 'the first of them'),
        eve.postMessage(first, 'from a stranger'),
        one.postMessage(first, 'posted before', 'a-key'),
        one.postMessage(first, 'something else', 'a-key'),
        two.postMessage(second, 'to whom I have blocked'),
        eve.postMessage('999999', 'into nowhere'),
        replyTo(`${first}-9999`),
        one.postMessage(first, 'twice at once', 'another-key'),
        one.postMessage(first, 'twice at once', 'another-key'),
        ana.postMessage(first, 'the last of them'),
        ...ids.slice(7).map((id) => ana.postMessage(id, 'elsewhere')),
      ]);
      const statuses = answers.map(({ status }) => status);
      t.same(
        statuses.filter((_, index) => index < 7),
        [201, 404, 200, 422, 403, 404, 400],
      );
      t.same(statuses.slice(7, 9).sort(), [200, 201]);
      t.same(statuses.slice(9), [201, 201, 201, 201]);
      const all = await ana.readAll(first);
      t.same(
        all.map(({ sequence }) => sequence),
        range(4),
      );
      t.same(new Set(all.map(({ body }) => body)).size, 4);
      t.equal(answers[2]?.body.id, `${first}-1`);
      t.equal(answers[7]?.body.id, answers[8]?.body.id);
    });

    t.test('who comes and goes meanwhile is rung exactly for what is theirs', async (t) => {
      const room = await ana.createRoom('Comings and goings', { visibility: 'public' });
      const guest = others[0] as TestUser;
      const socket = await guest.socket();
      const rung = () =>
        socket.frames.filter(
          ({ event, id }) => event === 'message.created' && String(id).startsWith(`${room}-`),
        ).length;
      for (const round of range(5)) {
        await guest.put(`/conversations/${room}/members/other1`);
        await Promise.all(range(4).map((n) => ana.postMessage(room, `in round ${round}: ${n}`)));
        await until(() => rung() === 4 * round);
        await guest.delete(`/conversations/${room}/members/other1`);
        await Promise.all(range(4).map((n) => ana.postMessage(room, `after ${round}: ${n}`)));
      }
      await sleep(100);
      t.equal(rung(), 20);
    });
  });
}

/** Somebody with conversations, over MariaDB, and another program at the same tables. */
async function startBesideHolder(t: Test, conversations: number) {
  const app = await startApp(t, { store: 'mysql' });
  const ana = await app.signUp('ana');
  const ids: string[] = [];
  for (const n of range(conversations)) {
    await app.signUp(`other${n}`);
    ids.push(await ana.open(`other${n}`));
  }
  const holder = await createConnection(app.env['DATABASE_URL'] ?? '');
  t.teardown(() => holder.end());
  return { ana, ids, holder };
}

test('a conversation that somebody else holds keeps nobody waiting but its own posts', async (t) => {
  const { ana, ids, holder } = await startBesideHolder(t, 8);
  const [held = '', heldToo = '', ...free] = ids;
  await holder.query('begin');
  await holder.query('select * from conversations where id in (?, ?) for update', [held, heldToo]);

  const waiting = [held, held, heldToo].map((id) => ana.postMessage(id, 'waits for the holder'));
  let answered = 0;
  for (const post of waiting) void post.then(() => (answered += 1));
  let slowest = 0;
  for (const round of range(10)) {
    const start = performance.now();
    const posts = await Promise.all(free.map((id) => ana.postMessage(id, 'does not wait')));
    slowest = Math.max(slowest, performance.now() - start);
    t.ok(posts.every(({ status }) => status === 201));
    // More of what has to wait, alone and among others.
    if (round === 5) waiting.push(ana.postMessage(held, 'waits as well'));
  }
  t.ok(slowest < 800, `others had to wait for ${Math.round(slowest)} ms`);
  t.equal(answered, 0, 'the premise');
  await holder.query('rollback');
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  t.same(statuses, [201, 201, 201, 201]);
  t.same(
    (await ana.readAll(held)).map(({ sequence }) => sequence),
    range(3),
  );
  t.equal((await ana.postMessage(held, 'and as before')).body.sequence, 4);
});

test('a group that waits in vain for a lock comes through in parts', async (t) => {
  const { ana, ids, holder } = await startBesideHolder(t, 6);
  for (const id of ids) await ana.postMessage(id, 'so that there is a gap of its own');
  // A gap that nobody may insert into: the group waits for it with its conversations locked, and is given up after a second.
  await holder.query('set session transaction isolation level serializable');
  await holder.query('begin');
  await holder.query('select * from messages where conversation_id = ? for update', [ids[0]]);
  const posts = ids.map((id) => ana.postMessage(id, 'among others'));
  const first = posts.shift();
  const start = performance.now();
  t.ok((await Promise.all(posts)).every(({ status }) => status === 201));
  t.ok(performance.now() - start < 3_000, 'whoever does not meet it is done');
  await holder.query('rollback');
  t.equal((await first)?.status, 201);
});
