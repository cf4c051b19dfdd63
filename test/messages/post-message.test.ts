import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { addMembers } from '../support/members.ts';

for (const store of storeNames) {
  test(`posting, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const eve = await app.signUp('eve');

    t.test('a message comes back to the byte, trimmed at its ends', async (t) => {
      const id = await ana.open('ben');
      const body = 'naïve 👩‍👩‍👧 \u202eabc\u202c  two  spaces\r\nand "quotes" \\ \u0001 e\u0301';
      const { status, body: message } = await ana.postMessage(id, ` \n${body}\t `);
      t.equal(status, 201);
      t.equal(message.body, body);
      t.match(message, {
        id: `${id}-1`,
        conversationId: id,
        sequence: 1,
        sender: 'ana',
        version: 1,
      });
      const fetched = await ben.get(`/messages/${message.id}`);
      t.equal(fetched.status, 200);
      t.same(fetched.body, message);
    });

    t.test(
      '200 concurrent posts by 20 users who share conversations get gapless sequences',
      async (t) => {
        const users = await Promise.all(
          Array.from({ length: 19 }, (_, index) => app.signUp(`user${index}`)),
        );
        const id = await ana.open('user0');
        await addMembers(
          app.db,
          id,
          users.slice(1).map(({ username }) => username),
        );
        const everybody = [ana, ...users];
        const posted = await Promise.all(
          Array.from({ length: 200 }, (_, index) =>
            everybody[index % 20]?.postMessage(id, `message number ${index}`),
          ),
        );
        t.ok(posted.every((answer) => answer?.status === 201));
        const sequences = posted.map((answer) => answer?.body.sequence).sort((a, b) => a - b);
        t.same(
          sequences,
          Array.from({ length: 200 }, (_, index) => index + 1),
        );
        t.same(
          (await ana.readAll(id)).map((message) => message.sequence),
          sequences,
        );
      },
    );

    t.test(
      'the same key posted 50 times at once gives one message and 50 answers that agree',
      async (t) => {
        const id = await ana.open('eve');
        const answers = await Promise.all(
          Array.from({ length: 50 }, () => ana.postMessage(id, 'once and only once', 'key-1')),
        );
        t.equal(answers.filter(({ status }) => status === 201).length, 1);
        t.equal(answers.filter(({ status }) => status === 200).length, 49);
        for (const answer of answers) t.same(answer.body, answers[0]?.body);
        t.equal((await eve.readAll(id)).length, 1);
      },
    );

    t.test('a key belongs to its sender, its conversation and its message', async (t) => {
      const id = await ana.open('ben');
      const first = await ana.postMessage(id, 'under a key', 'key-2');
      t.equal(first.status, 201);
      const different = await ana.postMessage(id, 'something else', 'key-2');
      t.equal(different.status, 422);
      t.equal(different.body.code, 'idempotency_key_reused');
      t.equal((await ben.postMessage(id, 'under a key', 'key-2')).status, 201);
      t.equal((await ana.postMessage(await ana.open('eve'), 'under a key', 'key-2')).status, 201);
      t.equal((await ana.postMessage(id, 'under a key', 'key-2')).body.id, first.body.id);
    });

    t.test('a repeat is answered, whatever has come since that refuses new posts', async (t) => {
      const fay = await app.signUp('fay');
      const id = await fay.open('ben');
      const { body: first } = await ben.postMessage(id, 'to be replied to');
      const reply = (key: string) =>
        fay.post(`/conversations/${id}/messages`, {
          json: { body: 'a reply under a key', replyTo: first.id },
          headers: { 'idempotency-key': key },
        });
      const { body: message } = await reply('key-1');
      await fay.patch(`/conversations/${id}/preferences`, { json: { clearedThrough: 1 } });
      t.match(await reply('key-2'), { status: 400, body: { errors: [{ path: 'replyTo' }] } });
      t.match(await reply('key-1'), { status: 200, body: message });
      await ben.put('/users/fay/block');
      for (const user of [ben, fay]) {
        const refused = await user.postMessage(id, 'one more word', 'key-3');
        t.match(refused, { status: 403, body: { code: 'blocked' } });
      }
      t.match(await reply('key-1'), { status: 200, body: message });
      await ben.delete('/users/fay/block');
      t.equal((await fay.postMessage(id, 'one more word', 'key-3')).body.sequence, 3);
    });

    t.test('a reply names an earlier message of the same conversation', async (t) => {
      const id = await ana.open('ben');
      const { body: first } = await ana.postMessage(id, 'what is the plan?');
      const reply = (replyTo: unknown) =>
        ben.post(`/conversations/${id}/messages`, { json: { body: 'the plan is this', replyTo } });
      t.equal((await reply(first.id)).body.replyTo, first.id);
      t.equal((await reply(null)).body.replyTo, null);
      const other = await ana.postMessage(await ana.open('eve'), 'elsewhere entirely');
      for (const replyTo of [other.body.id, `${id}-9999`, `${id}-0`, 'nonsense']) {
        const { status, body } = await reply(replyTo);
        t.equal(status, 400, replyTo);
        t.equal(body.errors[0].path, 'replyTo');
      }
    });

    t.test('a stranger gets the 404 of a conversation that is not there', async (t) => {
      const id = await ana.open('ben');
      const [foreign, absent] = await Promise.all([
        eve.postMessage(id, 'let me in there'),
        eve.postMessage('999999', 'let me in there'),
      ]);
      t.equal(foreign.status, 404);
      t.same({ ...foreign.body, requestId: '' }, { ...absent.body, requestId: '' });
      const before = (await ana.readAll(id)).length;
      await eve.postMessage(id, 'let me in there', 'a key');
      t.equal((await ana.readAll(id)).length, before);
      t.equal((await ana.postMessage(id, 'after the stranger')).body.sequence, before + 1);
    });
  });
}
