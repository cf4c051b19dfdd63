import { test } from 'tap';
import { indexOf, pick, type Random, randomOf } from '../../scripts/seed/random.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import { edit, react, remove, repeat, unreact } from './support/changes.ts';
import { copyOf, type Position, sync } from './support/copy.ts';

for (const store of storeNames) {
  test(`changes that were missed, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const id = await ana.open('ben');
    const post = async (count: number) => {
      const posted = await Promise.all(
        repeat(count, (n) => ana.postMessage(id, `message ${n} of ${count}`)),
      );
      const ids = posted.map(({ body }) => body.id as string);
      return ids.sort((a, b) => sequenceOf(a) - sequenceOf(b));
    };
    const positionOf = async (user: TestUser): Promise<Position> => {
      const { lastSequence, version } = (await user.get(`/conversations/${id}`)).body;
      return [lastSequence, version];
    };
    const missedSince = async (position: Position) =>
      (await sync(ben, { [id]: position })).events.map(({ event, id }) => `${event} ${id}`);
    const updated = `conversation.updated ${id}`;

    t.test('edits, deletions and reactions come by their ids, each message once', async (t) => {
      const ids = await post(8);
      const position = await positionOf(ben);
      t.same(await missedSince(position), []);
      await edit(ana, ids[1] ?? '', 'edited once while he was away');
      await remove(ana, ids[3] ?? '');
      await react(ana, ids[4] ?? '', '👍');
      for (let n = 0; n < 3; n += 1) await edit(ana, ids[5] ?? '', `edited ${n} times over`);
      await react(ana, ids[5] ?? '', '👍');
      await remove(ana, ids[5] ?? '');
      await react(ana, ids[6] ?? '', '👍');
      await unreact(ana, ids[6] ?? '', '👍');
      await unreact(ana, ids[7] ?? '', '👍');
      const wanted = [1, 3, 4, 5, 6].map((n) => `message.updated ${ids[n]}`);
      t.same(await missedSince(position), [updated, ...wanted]);
      t.same(await missedSince(await positionOf(ben)), []);
      await edit(ana, ids[1] ?? '', 'edited once more, later');
      const [, version] = await positionOf(ben);
      t.same(await missedSince([position[0], version - 1]), [updated, `message.updated ${ids[1]}`]);
    });

    t.test('a message that is not yet held is named once, as new', async (t) => {
      const old = await post(3);
      const position = await positionOf(ben);
      const fresh = await post(3);
      await edit(ana, fresh[0] ?? '', 'new to him and edited');
      await remove(ana, fresh[1] ?? '');
      await edit(ana, old[2] ?? '', 'known to him and edited');
      t.same(await missedSince(position), [
        updated,
        ...fresh.map((one) => `message.created ${one}`),
        `message.updated ${old[2]}`,
      ]);
      const half: Position = [position[0] + 1, position[1]];
      t.same(await missedSince(half), [
        updated,
        ...fresh.slice(1).map((one) => `message.created ${one}`),
        `message.updated ${old[2]}`,
        `message.updated ${fresh[0]}`,
      ]);
    });

    t.test('moving one’s own marker in between hides no change', async (t) => {
      const ids = await post(4);
      const position = await positionOf(ben);
      const read = (sequence: number) =>
        ben.put(`/conversations/${id}/read`, { json: { sequence } });
      await edit(ana, ids[0] ?? '', 'before he read on');
      for (const one of ids) await read(sequenceOf(one));
      await ben.patch(`/conversations/${id}/preferences`, { json: { muted: true } });
      await edit(ana, ids[1] ?? '', 'after he had read on');
      const events = await missedSince(position);
      for (const n of [0, 1]) t.ok(events.includes(`message.updated ${ids[n]}`));
      t.equal(new Set(events).size, events.length);
    });

    t.test('what one has cleared away is not named any more', async (t) => {
      const ids = await post(2);
      const position = await positionOf(ben);
      const clearedThrough = sequenceOf(ids[0] ?? '');
      await ben.patch(`/conversations/${id}/preferences`, { json: { clearedThrough } });
      for (const one of ids) await edit(ana, one, 'after the clearing');
      t.same(await missedSince(position), [updated, `message.updated ${ids[1]}`]);
    });

    t.test('more than 500 changed messages start the conversation anew', async (t) => {
      const many = await ana.open('ana');
      const { body: message } = await ana.postMessage(many, 'the one with a change too many');
      // As if 499 messages more had been posted, and all but the first changed since.
      const changes = repeat(499, (n) => ({
        conversation_id: Number(many),
        sequence: n + 2,
        version: n + 2,
      }));
      await app.db.insertInto('changes').values(changes).execute();
      await app.db
        .updateTable('conversations')
        .set({ last_sequence: 501, version: 500 })
        .where('id', '=', Number(many))
        .execute();
      const missed = async () =>
        (await sync(ana, { [many]: [501, 1] })).events.filter((one) => one.id !== id);
      t.equal((await missed()).length, 500);
      await react(ana, message.id, '👍');
      t.equal((await missed()).length, 501);
      await app.db
        .insertInto('changes')
        .values({ conversation_id: Number(many), sequence: 501, version: 502 })
        .execute();
      t.same(await missed(), [{ event: 'conversation.reset', id: many }]);
    });

    t.test('whoever was away ends with what is there, as whoever was not', async (t) => {
      const cora = await app.signUp('cora');
      const other = await cora.open('ben');
      const [live, away] = [copyOf(ben, other), copyOf(ben, other)];
      const socket = await ben.socket();
      const following = live.follow(socket);
      const random = randomOf(`changes in ${store}`);
      for (let absence = 0; absence < 6; absence += 1) {
        for (let n = 0; n < 8; n += 1) {
          await Promise.all(repeat(4, () => actAtRandom(random, [ben, cora], other)));
          const json = { sequence: 4 * n };
          if (n % 4 === absence % 4) await ben.put(`/conversations/${other}/read`, { json });
        }
        const events = await away.catchUp();
        t.equal(new Set(events.map(({ id }) => id)).size, events.length, 'each is named once');
      }
      const { body: last } = await cora.postMessage(other, 'nothing more to come');
      await socket.waitForEvent('message.created', last.id);
      await following();
      await away.catchUp();
      const all = await ben.readAll(other);
      t.ok(all.some(({ editedAt }) => editedAt !== null));
      t.ok(all.some(({ body }) => body === null));
      t.ok(all.some(({ reactions }) => reactions.length > 1));
      t.same(live.messages(), all);
      t.same(away.messages(), all);
    });
  });
}

const sequenceOf = (messageId: string): number => Number(messageId.split('-')[1]);

/** Whatever one can do in a conversation; half of it to what was said lately. */
async function actAtRandom(random: Random, users: readonly TestUser[], id: string): Promise<void> {
  const user = pick(random, users);
  const { lastSequence } = (await user.get(`/conversations/${id}`)).body;
  const message = `${id}-${1 + indexOf(random, Math.max(lastSequence, 1))}`;
  const emoji = pick(random, ['👍', '❤️', '🎉']);
  const choice = random();
  if (choice < 0.3) await user.postMessage(id, `message after ${lastSequence}`);
  else if (choice < 0.5) await edit(user, message, `edit by ${user.username}: ${choice}`);
  else if (choice < 0.6) await remove(user, message);
  else if (choice < 0.9) await react(user, message, emoji);
  else await unreact(user, message, emoji);
}
