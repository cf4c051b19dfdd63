import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import { until } from '../support/until.ts';

const read = (user: TestUser, id: string, sequence: unknown) =>
  user.put(`/conversations/${id}/read`, { json: { sequence } });
const prefer = (user: TestUser, id: string, json: unknown) =>
  user.patch(`/conversations/${id}/preferences`, { json });
const conversation = async (user: TestUser, id: string) =>
  (await user.get(`/conversations/${id}`)).body;
const listedIds = async (user: TestUser, query = '') =>
  (await user.get(`/conversations${query}`)).body.conversations.map((c: { id: string }) => c.id);

for (const store of storeNames) {
  test(`read markers and one's own view, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const eve = await app.signUp('eve');

    async function talk(...senders: TestUser[]): Promise<string> {
      const id = await ana.createRoom('talk', { members: ['ben'] });
      for (const sender of senders) await sender.postMessage(id, `of ${sender.username}`);
      return id;
    }

    t.test('unread counts what others wrote after the marker', async (t) => {
      const id = await talk(ana, ben, ana, ana, ben, ana);
      t.match(await conversation(ben, id), { unread: 4, readSequence: 0 });
      t.match(await conversation(ana, id), { unread: 2 });
      const { status, body } = await read(ben, id, 3);
      t.equal(status, 200);
      t.match(body, { readSequence: 3, unread: 2 });
      await ben.postMessage(id, 'an own message is not unread');
      t.match(await conversation(ben, id), { unread: 2, readSequence: 3 });
      t.match((await read(ben, id, 7)).body, { readSequence: 7, unread: 0 });
    });

    t.test(
      'deleted messages are not unread, edited and deleted own ones change nothing',
      async (t) => {
        const id = await talk(ana, ana, ben, ana);
        t.equal((await conversation(ben, id)).unread, 3);
        await ana.delete(`/messages/${id}-2`);
        await ana.patch(`/messages/${id}-4`, { json: { body: 'edited' } });
        await ben.delete(`/messages/${id}-3`);
        t.equal((await conversation(ben, id)).unread, 2);
        await read(ben, id, 1);
        t.equal((await conversation(ben, id)).unread, 1);
        await ana.delete(`/messages/${id}-1`);
        t.equal((await conversation(ben, id)).unread, 1, 'what was read before was not unread');
      },
    );

    t.test('the marker never goes back, and not beyond the last message', async (t) => {
      const id = await talk(ana, ana, ana);
      await read(ben, id, 2);
      t.equal((await read(ben, id, 1)).body.readSequence, 2);
      t.equal((await read(ben, id, 999)).body.readSequence, 3);
      await ana.postMessage(id, 'later');
      t.match(await conversation(ben, id), { readSequence: 3, unread: 1 });
      for (const wrong of [-1, 1.5, '3', null, undefined]) {
        t.equal((await read(ben, id, wrong)).status, 400, String(wrong));
      }
      t.equal((await read(eve, id, 1)).status, 404);
      t.equal((await read(eve, '999999', 1)).status, 404);
    });

    t.test('the marker is that of the address, whatever else the body says', async (t) => {
      const [id, other] = [await talk(ana), await talk(ana)];
      const json = { sequence: 1, conversationId: Number(other) };
      t.match(await ben.put(`/conversations/${id}/read`, { json }), { body: { readSequence: 1 } });
      t.match(await conversation(ben, other), { readSequence: 0 });
    });

    t.test('of two devices at once the one that read more wins', async (t) => {
      const id = await talk(...Array(12).fill(ana));
      const order = [5, 11, 2, 12, 7, 1, 9, 3, 12, 6];
      const answers = await Promise.all(order.map((sequence) => read(ben, id, sequence)));
      t.same(
        answers.map(({ status }) => status),
        order.map(() => 200),
      );
      t.match(await conversation(ben, id), { readSequence: 12, unread: 0 });
    });

    t.test(
      'other devices and the other members hear of it, and a device that was away too',
      async (t) => {
        const id = await talk(ana, ana);
        const before = await conversation(ben, id);
        const [device, other] = [await ben.socket(), await ana.socket()];
        await read(ben, id, 2);
        await device.waitForEvent('conversation.updated', id);
        await other.waitForEvent('conversation.updated', id);
        // Not those of Ana, who has come online meanwhile.
        const ofConversation = () =>
          device.frames.filter((frame) => String(frame['id']).split('-')[0] === id).length;
        const frames = ofConversation();
        await read(ben, id, 1);
        await ana.postMessage(id, 'a sign that all was sent');
        await device.waitForEvent('message.created', `${id}-3`);
        t.equal(ofConversation(), frames + 1, 'nothing moved, nothing rang');
        const { events } = (
          await ben.post('/sync', { json: { conversations: { [id]: [3, before.version] } } })
        ).body;
        t.same(
          events.filter((frame: { id: string }) => frame.id === id),
          [{ event: 'conversation.updated', id }],
        );
        t.equal((await conversation(ana, id)).unread, 0);
      },
    );

    t.test('members see who has read, and who was given what', async (t) => {
      const id = await talk(ana, ana, ana);
      const markers = async () =>
        new Map<string, number[]>(
          (await ana.get(`/conversations/${id}/members`)).body.members.map(
            (m: { username: string; readSequence: number; deliveredSequence: number }) => [
              m.username,
              [m.readSequence, m.deliveredSequence],
            ],
          ),
        );
      t.same((await markers()).get('ben'), [0, 0]);
      const socket = await ana.socket();
      await ben.get(`/messages/${id}-2`);
      await socket.waitForEvent('conversation.updated', id);
      await until(async () => (await markers()).get('ben')?.[1] === 2);
      await ben.get(`/messages?ids=${id}-1,${id}-3`);
      await until(async () => (await markers()).get('ben')?.[1] === 3);
      t.same((await markers()).get('ben'), [0, 3]);
      await ben.get(`/messages/${id}-1`);
      await ana.postMessage(id, 'one more');
      await read(ben, id, 4);
      t.same((await markers()).get('ben'), [4, 4], 'what was read was delivered');
    });

    t.test('muting shows in one’s own view alone', async (t) => {
      const id = await talk(ana);
      const { status, body } = await prefer(ben, id, { muted: true });
      t.equal(status, 200);
      t.equal(body.muted, true);
      t.equal((await conversation(ana, id)).muted, false);
      t.equal((await prefer(ben, id, {})).body.muted, true);
      t.equal((await prefer(ben, id, { muted: false })).body.muted, false);
      t.equal((await prefer(eve, id, { muted: true })).status, 404);
      t.equal((await prefer(ben, id, { muted: 'yes' })).status, 400);
    });

    t.test('what is so already changes nothing and rings for nobody', async (t) => {
      const id = await talk(ana, ana);
      const all = { muted: true, archived: true, clearedThrough: 1 };
      const { version } = (await prefer(ben, id, all)).body;
      t.equal(version, 2, 'one call is one change');
      const socket = await ben.socket();
      for (const again of [all, { muted: true }, { archived: true }, { clearedThrough: 0 }]) {
        t.equal((await prefer(ben, id, again)).body.version, 2, JSON.stringify(again));
      }
      await ben.postMessage(id, 'a sign that all was sent');
      await socket.waitForEvent('message.created', `${id}-3`);
      t.same(
        socket.frames.map(({ event }) => event),
        ['ready', 'message.created'],
      );
    });

    t.test('an archived conversation is listed apart, until the next message', async (t) => {
      const id = await talk(ana);
      t.equal((await prefer(ben, id, { archived: true })).body.archived, true);
      t.notOk((await listedIds(ben)).includes(id));
      t.same(await listedIds(ben, '?archived=true'), [id]);
      t.ok((await listedIds(ana)).includes(id));
      await ana.postMessage(id, 'back again');
      t.ok((await listedIds(ben)).includes(id));
      t.same(await listedIds(ben, '?archived=true'), []);
      t.equal((await conversation(ben, id)).archived, false);
      await prefer(ben, id, { archived: true });
      t.equal((await prefer(ben, id, { archived: false })).body.archived, false);
      t.ok((await listedIds(ben)).includes(id));
    });

    t.test('what is cleared is gone for oneself alone, by every way to read', async (t) => {
      const id = await talk(ana, ana, ana, ana);
      const socket = await ben.socket();
      const { body } = await prefer(ben, id, { clearedThrough: 3 });
      t.match(body, { clearedThrough: 3, unread: 1, lastMessage: { sequence: 4 } });
      await socket.waitForEvent('conversation.updated', id);
      const page = (await ben.get(`/conversations/${id}/messages`)).body;
      t.match(page, { messages: [{ sequence: 4 }], hasBefore: false, hasAfter: false });
      t.equal(page.messages.length, 1);
      t.same((await ben.get(`/conversations/${id}/messages?before=4`)).body.messages, []);
      t.same(
        (await ben.get(`/conversations/${id}/messages?after=0`)).body.messages.map(
          (m: { sequence: number }) => m.sequence,
        ),
        [4],
      );
      t.equal((await ben.get(`/messages/${id}-3`)).status, 404);
      t.same((await ben.get(`/messages?ids=${id}-3,${id}-4`)).body.missing, [`${id}-3`]);
      t.equal((await ana.readAll(id)).length, 4);
      t.equal((await prefer(ben, id, { clearedThrough: 1 })).body.clearedThrough, 3, 'for good');
      t.match((await prefer(ben, id, { clearedThrough: 99 })).body, {
        clearedThrough: 4,
        unread: 0,
        lastMessage: null,
      });
      t.same((await ben.get(`/conversations/${id}/messages?before=3`)).body, {
        messages: [],
        hasBefore: false,
        hasAfter: false,
      });
      const sync = await ben.post('/sync', { json: { conversations: { [id]: [1, 1] } } });
      t.same(
        sync.body.events.filter((frame: { id: string }) => frame.id.startsWith(`${id}-`)),
        [],
      );
      await ana.postMessage(id, 'after the clearing');
      t.match(await conversation(ben, id), { unread: 1, lastMessage: { sequence: 5 } });
    });

    t.test('a message that its sender has cleared is still not posted twice', async (t) => {
      const id = await talk();
      await ana.postMessage(id, 'once', 'the-key-of-it');
      await prefer(ana, id, { clearedThrough: 1 });
      const { status, body } = await ana.postMessage(id, 'once', 'the-key-of-it');
      t.equal(status, 200);
      t.equal(body.id, `${id}-1`);
    });
  });
}
