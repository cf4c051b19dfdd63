import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

type Room = { id: string; title: string };
const titlesOf = (rooms: Room[]) => rooms.map(({ title }) => title);
const find = async (user: TestUser, search: string): Promise<string[]> =>
  titlesOf((await user.get(`/rooms?search=${encodeURIComponent(search)}`)).body.rooms);

for (const store of storeNames) {
  test(`the public rooms, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const open = (title: string, topic: string | null = null) =>
      ana.createRoom(title, { topic, visibility: 'public' });

    t.test('anybody sees them, and whether they are in', async (t) => {
      t.same((await ben.get('/rooms')).body, { rooms: [], hasMore: false, next: null });
      const id = await ana.createRoom('Garden', {
        topic: 'what grows',
        visibility: 'public',
        maxMembers: 9,
      });
      await ana.createRoom('Cellar', { topic: 'what grows' });
      const room = {
        id,
        kind: 'room',
        title: 'Garden',
        topic: 'what grows',
        visibility: 'public',
        memberCount: 1,
        maxMembers: 9,
        createdAt: (await ana.get(`/conversations/${id}`)).body.createdAt,
      };
      t.same((await ben.get('/rooms')).body.rooms, [{ ...room, joined: false }]);
      t.same((await ana.get('/rooms')).body.rooms, [{ ...room, joined: true }]);
      await ben.put(`/conversations/${id}/members/ben`);
      t.same((await ben.get('/rooms')).body.rooms, [{ ...room, memberCount: 2, joined: true }]);
      await ana.delete(`/conversations/${id}`);
      t.same((await ben.get('/rooms')).body.rooms, []);
    });

    t.test('pages go by title whatever its case, then by age, each room once', async (t) => {
      const titles = [
        'beta',
        'Alpha',
        'alpha',
        'Ärger',
        'ALPHA',
        'gamma, and more',
        'Beta',
        'ωmega',
      ];
      const ids: string[] = [];
      for (const title of titles) ids.push(await open(title));
      const order = [
        'Alpha',
        'alpha',
        'ALPHA',
        'beta',
        'Beta',
        'gamma, and more',
        'Ärger',
        'ωmega',
      ];
      for (const limit of [1, 2, 3, 8, 9]) {
        const seen: Room[] = [];
        for (let after = ''; ; ) {
          const { status, body } = await ben.get(`/rooms?limit=${limit}${after}`);
          t.equal(status, 200);
          seen.push(...body.rooms);
          t.equal(body.hasMore, body.next !== null);
          if (!body.hasMore) break;
          t.equal(body.rooms.length, limit);
          after = `&after=${body.next}`;
        }
        t.same(titlesOf(seen), order, `pages of ${limit}`);
      }
      for (const id of ids) await ana.delete(`/conversations/${id}`);
    });

    t.test('a cursor is one that a page gave', async (t) => {
      const encode = (text: string) => Buffer.from(text).toString('base64url');
      const good = encode('7.title');
      t.equal((await ben.get(`/rooms?after=${good}`)).status, 200);
      for (const cursor of [
        '',
        'x',
        `${good}=`,
        ` ${good}`,
        `${good.slice(0, -1)}`,
        encode('7'),
        encode('7.'),
        encode('.title'),
        encode('0.title'),
        encode('07.title'),
        encode('-7.title'),
        encode('9999999999999999.title'),
        Buffer.from([0x37, 0x2e, 0xff]).toString('base64url'),
        'a'.repeat(2_001),
      ]) {
        const { status, body } = await ben.get(`/rooms?after=${encodeURIComponent(cursor)}`);
        t.equal(status, 400, cursor);
        t.equal(body.errors[0].path, 'after');
      }
    });

    t.test('every word of a search is the start of a word of title or topic', async (t) => {
      await open('Straße nach Süden', 'Müller & Söhne: e-mail, C++ (und mehr)');
      await open('STRANDBAR', 'Kaffee 🎉 am Meer');
      await open('ΟΔΟΣ ΑΘΗΝΑΣ');
      await ana.createRoom('Strand, privat');
      const expected: Record<string, string[]> = {
        stra: ['STRANDBAR', 'Straße nach Süden'],
        STRA: ['STRANDBAR', 'Straße nach Süden'],
        straß: ['Straße nach Süden'],
        'su\u0308den STRA': ['Straße nach Süden'],
        'söhne straße müll': ['Straße nach Süden'],
        'stra bar': [],
        'kaffee strand': ['STRANDBAR'],
        bar: [],
        trand: [],
        mail: ['Straße nach Süden'],
        'e-mail': ['Straße nach Süden'],
        'c++': ['Straße nach Süden'],
        '(MEHR': ['Straße nach Süden'],
        '🎉': ['STRANDBAR'],
        οδος: ['ΟΔΟΣ ΑΘΗΝΑΣ'],
        'οδοσ αθ': ['ΟΔΟΣ ΑΘΗΝΑΣ'],
        '%': ['STRANDBAR', 'Straße nach Süden', 'ΟΔΟΣ ΑΘΗΝΑΣ'],
        '': ['STRANDBAR', 'Straße nach Süden', 'ΟΔΟΣ ΑΘΗΝΑΣ'],
        [Array.from({ length: 30 }, () => 's').join(' ')]: ['STRANDBAR', 'Straße nach Süden'],
      };
      for (const [search, titles] of Object.entries(expected)) {
        t.same(await find(ben, search), titles, search);
      }
      const { status, body } = await ben.get('/rooms?search=a+b+c+d+e+f+g+h+i');
      t.equal(status, 400);
      t.equal(body.errors[0].path, 'search');
    });

    t.test('a search has pages too', async (t) => {
      for (let n = 0; n < 5; n += 1) await open(`Paging ${n}`, 'through pages of paging');
      const first = (await ben.get('/rooms?search=pag+thr&limit=3')).body;
      t.same(titlesOf(first.rooms), ['Paging 0', 'Paging 1', 'Paging 2']);
      const rest = (await ben.get(`/rooms?search=pag+thr&limit=3&after=${first.next}`)).body;
      t.same(titlesOf(rest.rooms), ['Paging 3', 'Paging 4']);
      t.equal(rest.hasMore, false);
    });

    t.test('a room is found by what it is called now, while it is public', async (t) => {
      const id = await open('Früher', 'damals');
      const edit = (json: object) => ana.patch(`/conversations/${id}`, { json });
      t.same(await find(ben, 'früh'), ['Früher']);
      await edit({ title: 'Heute' });
      t.same(await find(ben, 'früh'), []);
      t.same(await find(ben, 'heute damals'), ['Heute']);
      await edit({ topic: null });
      t.same(await find(ben, 'damals'), []);
      await edit({ visibility: 'private' });
      t.same(await find(ben, 'heute'), []);
      await edit({ visibility: 'public', topic: 'wieder da' });
      t.same(await find(ben, 'wied heu'), ['Heute']);
      await ana.delete(`/conversations/${id}`);
      t.same(await find(ben, 'heute'), []);
    });

    t.test('of a long topic the first words count, of a long word its start', async (t) => {
      const topic = Array.from({ length: 100 }, (_, n) => `w${n}`).join(' ');
      await open('Wordy', topic);
      await open('Long', 'x'.repeat(400));
      t.same(await find(ben, 'wordy w48'), ['Wordy']);
      t.same(await find(ben, 'w77'), []);
      t.same(await find(ben, 'x'.repeat(100)), ['Long']);
      const rows = await app.db
        .selectFrom('room_words')
        .select((eb) => eb.fn.countAll().as('count'))
        .groupBy('conversation_id')
        .execute();
      t.ok(rows.every(({ count }) => Number(count) <= 50));
    });
  });
}
