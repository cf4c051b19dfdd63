import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const MEMBERS = 12;
const MESSAGES = 30;

for (const store of storeNames) {
  test(`who reads at the same moment shares look-ups and nothing else, stored in ${store}`, async (t) => {
    const asked: string[] = [];
    const app = await startApp(t, {
      store,
      onStatement: ({ sql, parameters }) => {
        if (/hidden_through/.test(sql) && /asked/.test(sql)) asked.push(JSON.stringify(parameters));
      },
    });
    const people = await Promise.all(range(1, MEMBERS).map((n) => app.signUp(`member_${n}`)));
    const [ana, late] = [await app.signUp('ana'), await app.signUp('late')];
    const stranger = await app.signUp('stranger');
    const room = await ana.createRoom('many', {
      history: 'joined',
      members: people.map(({ username }) => username),
    });
    const other = await ana.createRoom('others', { members: ['stranger'] });
    for (const n of range(1, MESSAGES)) await ana.postMessage(room, `message ${n}`);
    await ana.put(`/conversations/${room}/members/late`);
    await ana.postMessage(room, 'after late came');
    await ana.postMessage(other, 'for the stranger');

    const newest = Number((await ana.get(`/conversations/${room}`)).body.lastSequence);
    const ids = [...range(1, newest).map((n) => `${room}-${n}`), `${other}-1`, 'x'];
    const readBy = async (user: typeof ana) => {
      const { status, body } = await user.get(`/messages?ids=${ids.join()}`);
      t.equal(status, 200);
      t.same(
        [...body.messages.map(({ id }: { id: string }) => id), ...body.missing].sort(),
        [...ids].sort(),
        'each is given or named as missing',
      );
      return body.messages.map(({ id, body: text }: { id: string; body: string }) => [id, text]);
    };
    const all = [...people, ana, late, stranger];
    const alone: unknown[] = [];
    for (const user of all) alone.push(await readBy(user));
    const lengths = alone.map((messages) => (messages as unknown[]).length);
    t.same(lengths.slice(0, MEMBERS), range(1, MEMBERS).fill(newest), 'members read the room');
    t.equal(lengths[MEMBERS], newest + 1, 'who is in both reads both');
    t.equal(lengths[MEMBERS + 1], 1, 'who came late reads what was said since');
    t.equal(lengths[MEMBERS + 2], 1, 'a stranger reads nothing of the room');

    for (const round of range(1, 5)) {
      asked.length = 0;
      t.same(await Promise.all(all.map(readBy)), alone, `together as alone, ${round}`);
    }
    const numbers = asked.join().match(/\d+/g)?.length ?? 0;
    // A number, and two of the key, for each reader and message, some of them in several queries; not for each pair.
    t.ok(numbers < 3 * all.length * ids.length, `${numbers} numbers in ${asked.length} queries`);
    for (const user of [late, stranger]) {
      t.equal((await user.get(`/messages/${room}-1`)).status, 404);
    }
  });
}
