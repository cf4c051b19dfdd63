import { type Test, test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

type Role = 'owner' | 'moderator' | 'member';
const put = (by: TestUser, id: string, name: string, role?: string) =>
  by.put(`/conversations/${id}/members/${name}`, role === undefined ? {} : { json: { role } });
const join = (user: TestUser, id: string) => put(user, id, user.username);
const remove = (by: TestUser, id: string, name: string) =>
  by.delete(`/conversations/${id}/members/${name}`);
const leave = (user: TestUser, id: string) => remove(user, id, user.username);

/** Who is in, with their roles. */
async function rolesIn(user: TestUser, id: string): Promise<Record<string, Role>> {
  const { members } = (await user.get(`/conversations/${id}/members`)).body;
  return Object.fromEntries(
    members.map((member: { username: string; role: Role }) => [member.username, member.role]),
  );
}

const requireProblem = (t: Test, answer: object, status: number, code: string) =>
  t.match(answer, { status, body: { code } });

for (const store of storeNames) {
  test(`coming, going and roles, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const names = ['ana', 'ben', 'cleo', 'dan', 'eve', 'fred'];
    const [ana, ben, cleo, dan, eve, fred] = await Promise.all(names.map(app.signUp));
    if (!ana || !ben || !cleo || !dan || !eve || !fred) throw new Error('nobody signed up');

    t.test('anybody joins a public room, once', async (t) => {
      const id = await ana.createRoom('Open', { visibility: 'public' });
      await ana.postMessage(id, 'said before anybody came');
      const { status, body } = await join(ben, id);
      t.equal(status, 201);
      t.match(body, {
        username: 'ben',
        displayName: 'ben',
        role: 'member',
        readSequence: 1,
        deliveredSequence: 1,
      });
      t.match(new Date(body.joinedAt).toISOString(), body.joinedAt);
      t.match(await join(ben, id), { status: 200, body });
      t.match((await ben.get(`/conversations/${id}`)).body, {
        role: 'member',
        memberCount: 2,
        readSequence: 1,
        unread: 0,
        clearedThrough: 0,
        lastMessage: { body: 'said before anybody came' },
      });
      t.equal((await put(cleo, id, 'cleo', 'member')).status, 201);
      t.equal((await put(dan, id, 'DAN')).status, 201);
      for (const role of ['owner', 'moderator']) {
        requireProblem(t, await put(eve, id, 'eve', role), 403, 'role_required');
      }
      t.equal((await ana.get(`/conversations/${id}`)).body.memberCount, 4);
    });

    t.test('a private room is not there for whoever is not in it', async (t) => {
      const id = await ana.createRoom('Closed');
      for (const answer of [
        await join(ben, id),
        await put(ben, id, 'ben', 'owner'),
        await put(ben, id, 'cleo'),
        await leave(ben, id),
        await remove(ben, id, 'ana'),
        await ben.get(`/conversations/${id}/members`),
        await join(ben, '999999'),
        await join(ben, 'nonsense'),
      ]) {
        requireProblem(t, answer, 404, 'not_found');
      }
      t.equal((await put(ana, id, 'ben')).status, 201);
      t.equal((await join(ben, id)).status, 200);
    });

    t.test('a role is one that there is; a body is not needed', async (t) => {
      const id = await ana.createRoom('Bodies');
      for (const json of [{ role: 'king' }, { role: null }, [], 'owner']) {
        const answer = await ana.put(`/conversations/${id}/members/ben`, { json });
        requireProblem(t, answer, 400, 'invalid_input');
      }
      t.equal((await ana.put(`/conversations/${id}/members/ben`, { json: {} })).status, 201);
      t.equal((await ana.put(`/conversations/${id}/members/cleo`, { json: null })).status, 201);
      requireProblem(t, await put(ana, id, 'nobody'), 404, 'not_found');
      requireProblem(t, await remove(ana, id, 'nobody'), 404, 'not_found');
      requireProblem(t, await remove(ana, id, 'dan'), 404, 'not_found');
    });

    t.test('a full room takes nobody, until somebody goes', async (t) => {
      const id = await ana.createRoom('Small', { visibility: 'public', maxMembers: 2 });
      t.equal((await join(ben, id)).status, 201);
      requireProblem(t, await join(cleo, id), 409, 'room_full');
      requireProblem(t, await put(ana, id, 'cleo'), 409, 'room_full');
      t.equal((await join(ben, id)).status, 200, 'who is in is not refused');
      t.equal((await leave(ben, id)).status, 204);
      t.equal((await join(cleo, id)).status, 201);
    });

    t.test('nobody adds whom a block keeps from them; joining asks no one', async (t) => {
      const users = await app.db.selectFrom('users').select(['id', 'username']).execute();
      const idOf = (name: string) => users.find((user) => user.username === name)?.id ?? 0;
      const row = { blocker_id: idOf('dan'), blocked_id: idOf('ana'), created_at: 1 };
      await app.db.insertInto('blocks').values(row).execute();
      const id = await ana.createRoom('Blocks', { visibility: 'public', members: ['ben'] });
      requireProblem(t, await put(ana, id, 'dan'), 403, 'blocked');
      t.equal((await join(dan, id)).status, 201);
      t.equal((await put(ana, id, 'dan', 'moderator')).status, 200, 'who is in is not added');
      const other = await dan.createRoom('Of the other');
      requireProblem(t, await put(dan, other, 'ana'), 403, 'blocked');
      await app.db.deleteFrom('blocks').execute();
    });

    t.test('who may do what to whom', async (t) => {
      // Of owner, moderator and member, in this order, whether each may.
      const matrix: [act: string, allowed: [boolean, boolean, boolean]][] = [
        ['add as member', [true, true, false]],
        ['add as moderator', [true, false, false]],
        ['add as owner', [true, false, false]],
        ['remove member', [true, true, false]],
        ['remove moderator', [true, false, false]],
        ['remove owner', [true, false, false]],
        ['make member moderator', [true, false, false]],
        ['make member owner', [true, false, false]],
        ['make moderator member', [true, false, false]],
        ['make moderator owner', [true, false, false]],
        ['make owner member', [true, false, false]],
        ['make owner moderator', [true, false, false]],
      ];
      const actors: Record<Role, TestUser> = { owner: ben, moderator: cleo, member: dan };
      for (const [act, allowed] of matrix) {
        for (const [index, [role, actor]] of Object.entries(actors).entries()) {
          const id = await ana.createRoom(act, { members: ['ben', 'cleo', 'dan'] });
          await put(ana, id, 'ben', 'owner');
          await put(ana, id, 'cleo', 'moderator');
          const [verb, from = '', to = ''] = act.split(' ');
          if (verb !== 'add') await put(ana, id, 'eve', from);
          const answer =
            verb === 'remove'
              ? await remove(actor, id, 'eve')
              : await put(actor, id, 'eve', verb === 'add' ? to || 'member' : to);
          const status = { add: 201, remove: 204, make: 200 }[verb as 'add' | 'remove' | 'make'];
          const isAllowed = allowed[index];
          t.equal(answer.status, isAllowed ? status : 403, `${role}: ${act}`);
          if (!isAllowed) t.equal(answer.body.code, 'role_required');
          const roles = await rolesIn(ana, id);
          const before = verb === 'add' ? undefined : from;
          const after = verb === 'remove' ? undefined : to || 'member';
          t.equal(roles['eve'], isAllowed ? after : before, `${role}: ${act}`);
        }
      }
    });

    t.test('an owner steps down while there is another, and nobody else rises', async (t) => {
      const id = await ana.createRoom('Stepping down', { members: ['ben', 'cleo'] });
      requireProblem(t, await put(ana, id, 'ana', 'member'), 409, 'last_owner');
      t.equal((await put(ana, id, 'ana', 'owner')).status, 200, 'what one is already');
      requireProblem(t, await put(ben, id, 'ben', 'owner'), 403, 'role_required');
      t.equal((await put(ana, id, 'ben', 'owner')).status, 200);
      t.match(await put(ana, id, 'ana', 'moderator'), { status: 200, body: { role: 'moderator' } });
      requireProblem(t, await put(ben, id, 'ben', 'member'), 409, 'last_owner');
      requireProblem(t, await put(ana, id, 'ana', 'member'), 403, 'role_required');
      t.same(await rolesIn(cleo, id), { ana: 'moderator', ben: 'owner', cleo: 'member' });
    });

    t.test('the last owner who leaves hands the room on', async (t) => {
      const id = await ana.createRoom('Heirs', { visibility: 'public' });
      for (const user of [dan, cleo, ben, eve]) await join(user, id);
      const owners = async () => {
        const roles = Object.entries(await rolesIn(eve, id));
        return roles.filter(([, role]) => role === 'owner').map(([name]) => name);
      };
      await put(ana, id, 'ben', 'moderator');
      await put(ana, id, 'cleo', 'moderator');
      await put(ana, id, 'eve', 'owner');
      await leave(ana, id);
      t.same(await owners(), ['eve'], 'nobody rises while there is an owner');
      await put(eve, id, 'ben', 'member');
      await put(eve, id, 'ben', 'moderator');
      await join(ana, id);
      await leave(eve, id);
      await join(eve, id);
      t.same(await owners(), ['cleo'], 'the moderator who joined first');
      await leave(cleo, id);
      t.same(await owners(), ['ben'], 'the other moderator');
      await leave(ben, id);
      t.same(await owners(), ['dan'], 'the member who joined first');
      await leave(dan, id);
      t.same(await owners(), ['ana']);
    });

    t.test('with its last member a room ends', async (t) => {
      const id = await ana.createRoom('Lonely', { visibility: 'public' });
      const socket = await ana.socket();
      t.equal((await leave(ana, id)).status, 204);
      await socket.waitForEvent('conversation.removed', id);
      socket.close();
      requireProblem(t, await join(ana, id), 404, 'not_found');
      requireProblem(t, await leave(ana, id), 404, 'not_found');
      const { rooms } = (await ben.get('/rooms')).body;
      t.notOk(rooms.some((room: { id: string }) => room.id === id));
    });

    t.test('members are listed by username, in pages, of direct conversations too', async (t) => {
      const id = await fred.createRoom('Listed', { members: ['eve', 'dan', 'ana', 'ben'] });
      const seen: string[] = [];
      for (let after = ''; ; ) {
        const { body } = await dan.get(`/conversations/${id}/members?limit=2${after}`);
        seen.push(...body.members.map((member: { username: string }) => member.username));
        if (!body.hasMore) break;
        after = `&after=${body.next}`;
      }
      t.same(seen, ['ana', 'ben', 'dan', 'eve', 'fred']);
      const direct = await ana.open('ben');
      const { status, body } = await ana.get(`/conversations/${direct}/members`);
      t.equal(status, 200);
      t.match(body, {
        members: [
          { username: 'ana', role: 'member' },
          { username: 'ben', role: 'member' },
        ],
        hasMore: false,
        next: null,
      });
      t.equal((await cleo.get(`/conversations/${direct}/members`)).status, 404);
    });

    t.test('members show how far they have read and fetched', async (t) => {
      const id = await ana.createRoom('Receipts', { members: ['ben', 'cleo'] });
      for (let n = 1; n <= 3; n += 1) await ana.postMessage(id, `receipt number ${n}`);
      await ben.put(`/conversations/${id}/read`, { json: { sequence: 2 } });
      const heard = await ana.socket();
      await cleo.get(`/messages/${id}-3`);
      await heard.waitForEvent('conversation.updated', id);
      heard.close();
      t.match((await ana.get(`/conversations/${id}/members`)).body.members, [
        { username: 'ana' },
        { username: 'ben', readSequence: 2, deliveredSequence: 2 },
        { username: 'cleo', readSequence: 0, deliveredSequence: 3 },
      ]);
    });
  });
}
