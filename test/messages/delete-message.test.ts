import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { edit, react, read, remove, repeat, unreact } from './support/changes.ts';
import { openRoom } from './support/room.ts';

for (const store of storeNames) {
  test(`deleting, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const cora = await app.signUp('cora');
    const dan = await app.signUp('dan');
    const id = await ana.open('ben');
    const unreadOf = async (user: typeof ana, conversation: string) =>
      (await user.get(`/conversations/${conversation}`)).body.unread;

    t.test('a tombstone stays, and nothing of the content', async (t) => {
      const { body: first } = await ben.postMessage(id, 'to be replied to');
      const { body: message } = await ana.post(`/conversations/${id}/messages`, {
        json: { body: 'to be taken back', replyTo: first.id },
      });
      await react(ben, message.id, '👍');
      const answer = await remove(ana, message.id);
      t.equal(answer.status, 204);
      t.equal(answer.body, '');
      const tombstone = await read(ben, message.id);
      const deletedAt = tombstone.deletedAt;
      t.match(deletedAt, /^\d{4}-.*Z$/);
      t.same(tombstone, { ...message, body: null, deletedAt, version: 3 });
      t.same((await ana.get(`/conversations/${id}`)).body.lastMessage, tombstone);
      const key = { conversation_id: Number(id), sequence: message.sequence };
      const stored = (table: 'messages' | 'reactions') =>
        app.db
          .selectFrom(table)
          .selectAll()
          .where('conversation_id', '=', key.conversation_id)
          .where('sequence', '=', key.sequence)
          .execute();
      t.match(await stored('messages'), [{ ...key, body: null, reacted: 0 }]);
      t.same(await stored('reactions'), []);
    });

    t.test('again is a 204 that changes nothing', async (t) => {
      const { body: message } = await ana.postMessage(id, 'gone at the first call');
      await remove(ana, message.id);
      const tombstone = await read(ben, message.id);
      const { version } = (await ben.get(`/conversations/${id}`)).body;
      t.equal((await remove(ana, message.id)).status, 204);
      t.same(await read(ben, message.id), tombstone);
      t.equal((await ben.get(`/conversations/${id}`)).body.version, version);
    });

    t.test('sender, moderators and owners may, and nobody else', async (t) => {
      const users = { ana, ben, cora, dan };
      const roles = { ben: 'moderator', cora: 'member', dan: 'member' } as const;
      const room = await openRoom([ana, ben, cora, dan], roles);
      const mayDelete: Record<keyof typeof users, (keyof typeof users)[]> = {
        ana: ['ana', 'ben', 'cora', 'dan'],
        ben: ['ana', 'ben', 'cora', 'dan'],
        cora: ['cora'],
        dan: ['dan'],
      };
      for (const who of ['ana', 'ben', 'cora', 'dan'] as const) {
        for (const whose of ['ana', 'ben', 'cora', 'dan'] as const) {
          const { body: message } = await users[whose].postMessage(room, `${whose} to ${who}`);
          const answer = await remove(users[who], message.id);
          const allowed = mayDelete[who].includes(whose);
          t.equal(answer.status, allowed ? 204 : 403, `${who} deletes what ${whose} said`);
          if (!allowed) t.equal(answer.body.code, 'role_required');
          t.equal((await read(ana, message.id)).body, allowed ? null : message.body);
        }
      }
    });

    t.test('in a direct conversation only the sender may, after a block too', async (t) => {
      const { body: message } = await ana.postMessage(id, 'mine to take back');
      const foreign = await remove(ben, message.id);
      t.match(foreign, { status: 403, body: { code: 'not_the_sender' } });
      await ben.put('/users/ana/block');
      t.equal((await ana.postMessage(id, 'no more of this')).status, 403);
      t.equal((await remove(ana, message.id)).status, 204);
      t.equal((await read(ben, message.id)).body, null);
      await ben.delete('/users/ana/block');
    });

    t.test('a deleted message is not unread, and can be replied to', async (t) => {
      for (const user of [ana, ben]) {
        await user.put(`/conversations/${id}/read`, { json: { sequence: 1_000 } });
      }
      const messages = await Promise.all(
        repeat(3, (n) => ana.postMessage(id, `unread message ${n}`)),
      );
      t.equal(await unreadOf(ben, id), 3);
      const [first] = messages;
      await edit(ana, first?.body.id, 'changed before it went');
      await remove(ana, first?.body.id);
      t.equal(await unreadOf(ben, id), 2);
      t.equal(await unreadOf(ana, id), 0);
      const reply = await ben.post(`/conversations/${id}/messages`, {
        json: { body: 'to what was there', replyTo: first?.body.id },
      });
      t.match(reply, { status: 201, body: { replyTo: first?.body.id } });
    });

    t.test('the ETag changes with the deletion', async (t) => {
      const { body: message } = await ana.postMessage(id, 'fetched before it went');
      const fetched = await ben.get(`/messages/${message.id}`);
      await remove(ana, message.id);
      const headers = { 'if-none-match': fetched.headers.get('etag') ?? '' };
      t.match(await ben.get(`/messages/${message.id}`, { headers }), {
        status: 200,
        body: { body: null },
      });
    });

    t.test('whatever is attempted at the same moment, the message is gone', async (t) => {
      for (let round = 0; round < 10; round += 1) {
        const { body: message } = await ana.postMessage(id, `contested message ${round}`);
        const answers = await Promise.all([
          ...repeat(5, (n) => edit(ana, message.id, `edit ${n} of round ${round}`)),
          react(ben, message.id, '👍'),
          remove(ana, message.id),
          ...repeat(5, (n) => edit(ana, message.id, `edit ${n + 5} of round ${round}`)),
          unreact(ben, message.id, '👍'),
          remove(ana, message.id),
        ]);
        const tombstone = await read(ben, message.id);
        t.match(tombstone, { body: null, reactions: [] });
        t.ok(tombstone.deletedAt);
        const applied = answers.filter(({ status, body }) => status === 200 && body.body !== null);
        const refused = answers.filter(({ status }) => status === 409);
        t.ok(applied.every(({ body }) => body.version < tombstone.version));
        t.ok(refused.every(({ body }) => body.code === 'message_deleted'));
        t.ok(answers.every(({ status }) => [200, 204, 409].includes(status)));
        const late = await edit(ana, message.id, 'after all of it');
        t.equal(late.status, 409);
      }
    });
  });
}
