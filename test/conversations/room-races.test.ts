import { type Test, test } from 'tap';
import type { Database } from '../../src/core/database.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

const member = (id: string, name: string) => `/conversations/${id}/members/${name}`;
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

/** Of every room that is not deleted. */
async function requireSoundRooms(t: Test, db: Database): Promise<void> {
  const rooms = await db
    .selectFrom('conversations')
    .selectAll()
    .where('kind', '=', 'room')
    .where('id', 'not in', db.selectFrom('deleted_rooms').select('conversation_id'))
    .execute();
  const members = Map.groupBy(
    await db.selectFrom('members').selectAll().execute(),
    (row) => row.conversation_id,
  );
  for (const { id, member_count, max_members, version } of rooms) {
    const own = members.get(id) ?? [];
    t.equal(member_count, own.length, `room ${id}: its count is that of its members`);
    t.ok(member_count > 0, `room ${id}: somebody is in it`);
    t.ok(member_count <= (max_members ?? 10_000), `room ${id}: no more than it may have`);
    t.ok(
      own.some(({ role }) => role === 'owner'),
      `room ${id}: it has an owner`,
    );
    t.ok(
      own.every(({ joined_version }) => joined_version <= version),
      `room ${id}: nobody joined at a version to come`,
    );
    members.delete(id);
  }
  t.same([...members.keys()], [], 'nobody is a member of what is not there');
}

for (const store of storeNames) {
  test(`many at once, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const users = await Promise.all(
      Array.from({ length: 100 }, (_, index) => app.signUp(`user${index}`)),
    );

    t.test('100 who join for the last 7 places: 7 are in, the others get a 409', async (t) => {
      const id = await ana.createRoom('Almost full', { visibility: 'public', maxMembers: 8 });
      const answers = await Promise.all(users.map((user) => user.put(member(id, user.username))));
      const statuses = Map.groupBy(answers, ({ status }) => status);
      t.equal(statuses.get(201)?.length, 7);
      t.equal(statuses.get(409)?.length, 93);
      t.ok(statuses.get(409)?.every(({ body }) => body.code === 'room_full'));
      const { body } = await ana.get(`/conversations/${id}`);
      t.match(body, { memberCount: 8, version: 8 });
      t.equal((await ana.get(`/conversations/${id}/members`)).body.members.length, 8);
      await requireSoundRooms(t, app.db);
    });

    t.test('owners who leave and demote each other at once leave an owner', async (t) => {
      const [ben, cleo] = users;
      if (!ben || !cleo) throw new Error('nobody signed up');
      for (let round = 0; round < 20; round += 1) {
        const id = await ben.createRoom(`Round ${round}`, { members: [cleo.username, 'ana'] });
        await ben.put(member(id, cleo.username), { json: { role: 'owner' } });
        const demotion = { json: { role: 'member' } };
        const answers = await Promise.all([
          round % 2 === 0
            ? ben.delete(member(id, ben.username))
            : ben.put(member(id, ben.username), demotion),
          cleo.put(member(id, ben.username), demotion),
          ben.put(member(id, cleo.username), demotion),
          cleo.delete(member(id, cleo.username)),
        ]);
        t.ok(answers.every(({ status }) => status < 500));
      }
      await requireSoundRooms(t, app.db);
    });

    t.test('joining, leaving and deleting at once leave nobody behind', async (t) => {
      for (let round = 0; round < 5; round += 1) {
        const id = await ana.createRoom(`Doomed ${round}`, { visibility: 'public' });
        const some = users.slice(0, 20);
        const answers = await Promise.all([
          ...some.map((user) => user.put(member(id, user.username))),
          ana.delete(`/conversations/${id}`),
          ...some.map((user) => user.delete(member(id, user.username))),
          ...some.map((user) => user.postMessage(id, 'is there anybody?')),
        ]);
        t.ok(answers.every(({ status }) => status < 500));
        t.equal(answers[some.length]?.status, 204);
        const left = await app.db
          .selectFrom('members')
          .select('user_id')
          .where('conversation_id', '=', Number(id))
          .execute();
        t.same(left, []);
      }
    });

    t.test('whatever 15 do at random for a while, rooms stay sound', async (t) => {
      const crowd = users.slice(0, 15);
      const rooms: string[] = [];
      const open = async (user: TestUser, index: number) => {
        rooms[index] = await user.createRoom(`Wild ${index}`, {
          visibility: 'public',
          maxMembers: 9,
        });
      };
      for (let index = 0; index < 3; index += 1) await open(ana, index);
      const acts: ((user: TestUser, id: string) => Promise<{ status: number }>)[] = [
        (user, id) => user.put(member(id, user.username)),
        (user, id) => user.put(member(id, user.username)),
        (user, id) => user.put(member(id, user.username)),
        (user, id) => user.delete(member(id, user.username)),
        (user, id) => user.delete(member(id, pick(crowd).username)),
        (user, id) => user.put(member(id, pick(crowd).username), { json: { role: 'owner' } }),
        (user, id) => user.put(member(id, pick(crowd).username), { json: { role: 'moderator' } }),
        (user, id) => user.put(member(id, pick(crowd).username), { json: { role: 'member' } }),
        (user, id) => user.patch(`/conversations/${id}`, { json: { topic: String(Date.now()) } }),
        (user, id) => user.postMessage(id, 'a wild message'),
        (user, id) => user.put(`/conversations/${id}/read`, { json: { sequence: 9 } }),
      ];
      const statuses = new Map<number, number>();
      const live = async (user: TestUser) => {
        for (let n = 0; n < 50; n += 1) {
          const index = Math.floor(Math.random() * rooms.length);
          const isEnd = Math.random() < 0.02;
          const act = isEnd
            ? (user: TestUser, id: string) => user.delete(`/conversations/${id}`)
            : pick(acts);
          const { status } = await act(user, rooms[index] ?? '');
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status === 404 && (await ana.get('/rooms')).body.rooms.length < 3) {
            await open(user, index);
          }
        }
      };
      await Promise.all(crowd.map(live));
      t.comment(Object.fromEntries(statuses));
      t.same(
        [...statuses.keys()].filter((status) => status >= 500),
        [],
      );
      for (const status of [200, 201, 204, 403, 404, 409]) t.ok(statuses.get(status), `${status}`);
      await requireSoundRooms(t, app.db);
    });
  });
}
