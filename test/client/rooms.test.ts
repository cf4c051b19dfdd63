import { test } from 'tap';
import type { Doorbell } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import type { Scope } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { bodiesOf, newClient, newDevice, newsOf, run, sequencesOf } from './support/client.ts';
import { heldFetch } from './support/held-fetch.ts';

/** Ana with a room that ben is a member of, all connected; and a second device of ben's. */
async function room(t: Scope, settings: object = {}) {
  const { url, db } = await startApp(t);
  const [ana, ben] = await Promise.all([newClient(t, url, 'ana'), newClient(t, url, 'ben')]);
  const { id } = await ana.createRoom({ title: 'Bell founders', members: ['ben'], ...settings });
  const tablet = await newDevice(t, url, 'ben');
  await Promise.all([ana, ben, tablet].map((client) => client.connect()));
  return { url, db, ana, ben, tablet, id };
}

const removalsOf = (client: Doorbell): string[] => {
  const removed: string[] = [];
  client.on('conversationRemoved', (id) => removed.push(id));
  return removed;
};

test('a room that somebody makes, changes and ends is so for all its members', async (t) => {
  const { ana, ben, id } = await room(t, { topic: 'casting' });
  const removed = removalsOf(ben);
  t.match(ana.conversation(id), { kind: 'room', title: 'Bell founders', role: 'owner' });
  t.match(ben.conversation(id), { topic: 'casting', role: 'member', memberCount: 2 });
  const edited = await ana.editRoom(id, { title: 'Bell ringers' });
  t.equal(edited.title, 'Bell ringers');
  t.same(ana.conversation(id), edited, 'at once');
  await until(() => ben.conversation(id)?.title === 'Bell ringers');
  await ana.setRole(id, 'ben', 'moderator');
  await until(() => ben.conversation(id)?.role === 'moderator');
  await t.rejects(ben.deleteRoom(id), { status: 403, code: 'role_required' });
  await ana.deleteRoom(id);
  t.equal(ana.conversation(id), undefined, 'at once');
  await until(() => ben.conversation(id) === undefined);
  t.same(removed, [id]);
});

test('members come and go, on all of their devices', async (t) => {
  const { url, ana, ben, tablet, id } = await room(t);
  const eve = await newClient(t, url, 'eve');
  await eve.connect();
  await ana.addMember(id, 'eve');
  await until(() => eve.conversation(id) !== undefined);
  await until(() => [ana, ben].every((client) => client.conversation(id)?.memberCount === 3));
  const { members } = await ben.listMembers(id, { limit: 2 });
  t.match(members, [
    { username: 'ana', role: 'owner' },
    { username: 'ben', role: 'member' },
  ]);
  const removed = removalsOf(tablet);
  await ben.leave(id);
  t.equal(ben.conversation(id), undefined, 'at once');
  await until(() => tablet.conversation(id) === undefined);
  t.same(removed, [id]);
  await ana.removeMember(id, 'eve');
  await until(() => eve.conversation(id) === undefined);
  await until(() => ana.conversation(id)?.memberCount === 1);
  await t.rejects(ben.join(id), { status: 404, code: 'not_found' });
});

test('a public room is found and joined, and what was said before can be read but is no news', async (t) => {
  const { url, ana, id } = await room(t, { visibility: 'public' });
  const eve = await newClient(t, url, 'eve');
  const news = newsOf(eve);
  for (const n of run(1, 20)) await ana.post(id, `message ${n}`);
  await eve.connect();
  t.match(await eve.api.listRooms({ search: 'bell' }), { rooms: [{ id, joined: false }] });
  t.match(await eve.join(id), { id, unread: 0, lastSequence: 20 });
  t.match(eve.conversation(id), { role: 'member', memberCount: 3 });
  await ana.post(id, 'welcome');
  await until(() => news.length === 1);
  t.same(bodiesOf(news), ['welcome']);
  t.same(sequencesOf(await eve.loadLast(id)), run(6, 21));
});

for (const history of ['all', 'joined'] as const) {
  test(`who is a member again holds nothing of before that has changed since (history: ${history})`, async (t) => {
    const { ana, ben, tablet, id } = await room(t, { history });
    for (const n of run(1, 3)) await ana.post(id, `message ${n}`);
    for (const device of [ben, tablet]) await until(() => device.messages(id).length === 3);
    tablet.close();
    await ana.removeMember(id, 'ben');
    await ana.edit(`${id}-2`, 'not for ben');
    await ana.post(id, 'nor this');
    await ana.addMember(id, 'ben');
    await ana.post(id, 'welcome back');
    await tablet.connect();
    for (const device of [ben, tablet]) {
      await until(() => device.messages(id).at(-1)?.body === 'welcome back');
      while (device.hasOlder(id)) await device.loadOlder(id);
      t.same(
        bodiesOf(device.messages(id)),
        history === 'joined'
          ? ['welcome back']
          : ['message 1', 'not for ben', 'message 3', 'nor this', 'welcome back'],
      );
      t.match(device.conversation(id), { unread: 1, clearedThrough: history === 'joined' ? 4 : 0 });
    }
  });
}

test('somebody who is a member again by the time that /sync has told of the end starts anew', async (t) => {
  const { url, ana, id } = await room(t);
  const calls = heldFetch();
  const phone = await newDevice(t, url, 'ben', { fetch: calls.fetch });
  await phone.connect();
  await ana.post(id, 'message 1');
  await until(() => phone.messages(id).length === 1);
  phone.close();
  await ana.removeMember(id, 'ben');
  await ana.edit(`${id}-1`, 'not for ben');
  calls.hold('POST /sync');
  const connecting = phone.connect();
  await until(() => calls.count === 1);
  await ana.addMember(id, 'ben');
  calls.release();
  await connecting;
  t.same(bodiesOf(await phone.loadLast(id)), ['not for ben']);
});

test('a page that was asked for by a member of before is of no use to one who is back', async (t) => {
  const { url, ana, id } = await room(t, { history: 'joined' });
  for (const n of run(1, 20)) await ana.post(id, `message ${n}`);
  const calls = heldFetch();
  const phone = await newDevice(t, url, 'ben', { fetch: calls.fetch });
  await phone.connect();
  await phone.loadLast(id);
  calls.hold('?before=');
  const loading = phone.loadOlder(id);
  await until(() => calls.count === 1);
  await ana.removeMember(id, 'ben');
  await ana.addMember(id, 'ben');
  await until(() => phone.conversation(id)?.clearedThrough === 20);
  calls.release();
  t.same(await loading, []);
  t.same(phone.messages(id), []);
});

test('an answer of before the end of a membership does not bring the room back', async (t) => {
  const { url, ana, ben, id } = await room(t, { visibility: 'public' });
  const calls = heldFetch();
  const phone = await newDevice(t, url, 'ben', { fetch: calls.fetch });
  await phone.connect();
  const removed = removalsOf(phone);
  calls.hold('PATCH');
  const muting = phone.setPreferences(id, { muted: true });
  await until(() => calls.count === 1);
  await ana.removeMember(id, 'ben');
  await until(() => removed.length === 1);
  calls.release();
  t.match(await muting, { muted: true });
  t.equal(phone.conversation(id), undefined);

  calls.hold(`GET /conversations/${id}`, 1);
  const joining = phone.join(id);
  await until(() => calls.count === 1 && ben.conversation(id) !== undefined);
  await ana.removeMember(id, 'ben');
  await until(() => ben.conversation(id) === undefined);
  await until(() => phone.conversation(id) === undefined);
  calls.release();
  await joining;
  await until(() => phone.conversation(id) === undefined);
});
