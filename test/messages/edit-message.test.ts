import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { edit, read, remove, repeat } from './support/changes.ts';

for (const store of storeNames) {
  test(`editing, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const id = await ana.open('ben');
    const post = async (body: string, key?: string) =>
      (await ana.postMessage(id, body, key)).body.id as string;

    t.test('the new body is there for all, to the byte and trimmed at its ends', async (t) => {
      const message = await post('the first of two texts');
      const before = await read(ben, message);
      const body = 'naïve 👩‍👩‍👧 \u202eabc\u202c\r\n"quotes" \\ \u0001 e\u0301';
      const answer = await edit(ana, message, `\t${body}\n `);
      t.equal(answer.status, 200);
      t.same(answer.body, { ...before, body, editedAt: answer.body.editedAt, version: 2 });
      t.match(answer.body.editedAt, /^\d{4}-.*Z$/);
      t.same(await read(ben, message), answer.body);
      t.same((await ben.get(`/conversations/${id}`)).body.lastMessage, answer.body);
    });

    t.test('the body that it has already changes nothing', async (t) => {
      const message = await post('said once and for all');
      const before = await read(ana, message);
      const { version } = (await ana.get(`/conversations/${id}`)).body;
      const answer = await edit(ana, message, ' said once and for all\n');
      t.equal(answer.status, 200);
      t.same(answer.body, before);
      t.equal((await ana.get(`/conversations/${id}`)).body.version, version);
    });

    t.test('a body that could not be posted is a 400 that names it', async (t) => {
      const message = await post('not to be spoilt');
      const bodies = ['', ' \n', 'x'.repeat(4001), '😀'.repeat(4001), 'a\0b', 'a\ud800', 7, null];
      for (const body of bodies) {
        const answer = await edit(ana, message, body);
        t.match(answer, { status: 400, body: { errors: [{ path: 'body' }] } });
      }
      t.match(await ana.patch(`/messages/${message}`, { json: {} }), { status: 400 });
      t.equal((await edit(ana, message, '😀'.repeat(4000))).status, 200);
      t.equal((await read(ben, message)).body, '😀'.repeat(4000));
    });

    t.test('it is the message of the address, whatever else the body says', async (t) => {
      const [message, other] = [await post('named by the address'), await post('named by a body')];
      const json = { body: 'changed', id: other };
      t.match(await ana.patch(`/messages/${message}`, { json }), { body: { id: message } });
      t.equal((await read(ben, other)).body, 'named by a body');
      const odd = await ana.patch(`/messages/${message}`, { json: { body: 'again', id: 7 } });
      t.match(odd, { status: 200, body: { id: message, body: 'again' } });
    });

    t.test('only the sender can edit, and a deleted message nobody', async (t) => {
      const message = await post('mine to change alone');
      const foreign = await edit(ben, message, 'put into her mouth');
      t.match(foreign, { status: 403, body: { code: 'not_the_sender' } });
      t.equal((await read(ben, message)).body, 'mine to change alone');
      await remove(ana, message);
      const late = await edit(ana, message, 'back from the dead');
      t.match(late, { status: 409, body: { code: 'message_deleted' } });
      t.equal((await read(ben, message)).body, null);
    });

    t.test('the ETag changes with the edit, and is one’s own', async (t) => {
      const message = await post('as it was at first');
      const fetchWith = (user: typeof ana, etag: string) =>
        user.get(`/messages/${message}`, { headers: { 'if-none-match': etag } });
      const etag = (await fetchWith(ana, '')).headers.get('etag') ?? '';
      t.equal((await fetchWith(ana, etag)).status, 304);
      t.equal((await fetchWith(ben, etag)).status, 200, 'reactions look different to others');
      await edit(ana, message, 'as it is by now');
      const changed = await fetchWith(ana, etag);
      t.match(changed, { status: 200, body: { body: 'as it is by now' } });
      t.equal((await fetchWith(ana, changed.headers.get('etag') ?? '')).status, 304);
    });

    t.test('a repeat of the post gives the message as it is now', async (t) => {
      const message = await post('as it was posted', 'key-1');
      const edited = await edit(ana, message, 'as it was edited');
      const again = await ana.postMessage(id, 'as it was posted', 'key-1');
      t.equal(again.status, 200);
      t.same(again.body, edited.body);
      t.equal((await ana.postMessage(id, 'as it was edited', 'key-1')).status, 422);
      await remove(ana, message);
      const tombstone = await ana.postMessage(id, 'as it was posted', 'key-1');
      t.match(tombstone, { status: 200, body: { id: message, body: null, version: 3 } });
      t.ok(tombstone.body.deletedAt);
    });

    t.test('40 edits from two devices at once: each is counted, the last stands', async (t) => {
      const message = await post('before all the edits');
      const { version } = (await ana.get(`/conversations/${id}`)).body;
      const answers = await Promise.all(
        repeat(40, (n) => edit(ana, message, `edit number ${n % 20} of 20`)),
      );
      t.ok(answers.every(({ status }) => status === 200));
      const last = await read(ben, message);
      const versions = new Set(answers.map(({ body }) => body.version));
      t.same(
        [...versions].sort((a, b) => a - b),
        repeat(versions.size, (n) => n + 2),
      );
      const newest = answers.find(({ body }) => body.version === last.version);
      t.same(last, newest?.body);
      t.equal(last.version, versions.size + 1);
      const after = (await ana.get(`/conversations/${id}`)).body.version;
      t.equal(after - version, versions.size);
    });

    t.test('posts go on between edits without a gap', async (t) => {
      const message = await post('edited while others talk');
      const from = (await read(ana, message)).sequence;
      const answers = await Promise.all(
        repeat(60, (n) =>
          n % 2 ? ben.postMessage(id, `talk number ${n}`) : edit(ana, message, `edit number ${n}`),
        ),
      );
      t.same([...new Set(answers.map(({ status }) => status))].sort(), [200, 201]);
      const sequences = (await ben.readAll(id)).map(({ sequence }) => sequence);
      t.same(
        sequences,
        repeat(from + 30, (n) => n + 1),
      );
      t.equal((await read(ben, message)).version, 31);
    });

    t.test('after a block neither of the two can edit', async (t) => {
      const message = await post('before the quarrel');
      const { body: other } = await ben.postMessage(id, 'said by the other one');
      await ben.put('/users/ana/block');
      for (const [user, one] of [
        [ana, message],
        [ben, other.id],
      ] as const) {
        const refused = await edit(user, one, 'after the quarrel');
        t.match(refused, { status: 403, body: { code: 'blocked' } });
      }
      await ben.delete('/users/ana/block');
      t.equal((await edit(ana, message, 'after the quarrel')).status, 200);
    });
  });
}
