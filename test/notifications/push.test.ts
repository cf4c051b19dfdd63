import tap, { test } from 'tap';
import { type AppOptions, startApp, type TestApp } from '../support/app.ts';
import { type Scope, storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';
import { newSubscription, startPushService, vapidSettings } from '../support/push-service.ts';
import { until } from '../support/until.ts';

// Most of them wait for what is held.
tap.jobs = 4;

const subscribe = async (user: TestUser, subscription: object): Promise<string> => {
  const { status, body } = await user.put('/push/subscriptions', { json: subscription });
  if (status !== 200) throw new Error(`subscribe: ${status} ${JSON.stringify(body)}`);
  return body.id;
};

const idsOf = async (app: TestApp): Promise<number[]> =>
  (await app.db.selectFrom('push_subscriptions').select('id').execute()).map(({ id }) => id);

/** ana writes to ben, who has a device that can be reached by push. */
async function startTalk(t: Scope, options: AppOptions = {}) {
  const env = { ...vapidSettings(), ...options.env };
  const app = await startApp(t, { ...options, env });
  const service = await startPushService(t);
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const device = service.device();
  await subscribe(ben, device.subscription);
  const id = await ana.open('ben');

  const cleo = await app.signUp('cleo');
  const fence = service.device();
  await subscribe(cleo, fence.subscription);
  const withCleo = await ana.open('cleo');
  /** Resolves when what was held until now has been pushed, or never will be: what comes later has been. */
  const settled = async () => fence.hears((await ana.postMessage(withCleo, 'and?')).body.id);
  return { app, env, service, ana, ben, device, id, settled };
}

for (const store of storeNames) {
  test(`who has no window open is told the id of a new message, and nothing else, in ${store}`, async (t) => {
    const { env, ana, device, id, service } = await startTalk(t, { store });
    const mine = service.device();
    await subscribe(ana, mine.subscription);
    const { body: message } = await ana.postMessage(id, 'words that nobody else may read');
    await device.hears(message.id);
    const [push] = device.pushes;
    t.equal(push?.text, `{"event":"message.created","id":"${message.id}"}`);
    t.match(push?.headers['topic'], /^[\w-]{32}$/);
    t.equal(push?.headers['ttl'], '86400');
    t.equal(push?.headers['urgency'], 'normal');
    t.match(push?.headers['authorization'], `k=${env['VAPID_PUBLIC_KEY']}`);
    await ana.postMessage(id, 'more');
    await device.hears(`${id}-2`);
    t.equal(device.pushes[1]?.headers['topic'], push?.headers['topic'], 'takes the place of it');
    t.same(mine.pushes, [], 'whoever sends is told nothing');
  });

  test(`a subscription is its device's, and ends with the session, in ${store}`, async (t) => {
    const { app, ana, ben, device, id, service, settled } = await startTalk(t, { store });
    const again = await subscribe(ben, device.subscription);
    t.equal(await subscribe(ben, device.subscription), again, 'the same device, the same id');
    await subscribe(ana, device.subscription);
    t.equal((await ben.delete(`/push/subscriptions/${again}`)).status, 404, 'it is of ana now');
    t.equal((await ana.delete(`/push/subscriptions/${again}`)).status, 204);
    t.notOk((await idsOf(app)).includes(Number(again)));

    const own = service.device();
    const subscription = await subscribe(ben, own.subscription);
    await ben.post('/auth/logout');
    t.notOk((await idsOf(app)).includes(Number(subscription)), 'nothing is left of it');
    const { body: message } = await ana.postMessage(id, 'hi');
    t.ok(message.id);
    await settled();
    t.same(own.pushes, []);
  });
}

test('of more than ten devices the one that was of use longest ago goes', async (t) => {
  const app = await startApp(t, { env: vapidSettings() });
  const ana = await app.signUp('ana');
  const ids: string[] = [];
  for (let n = 0; n < 11; n += 1) {
    const endpoint = `https://push.example.org/${n}`;
    ids.push(await subscribe(ana, newSubscription(endpoint)));
    if (n === 0) {
      await app.db
        .updateTable('push_subscriptions')
        .set({ succeeded_at: Date.now() + 60_000 })
        .execute();
    }
  }
  const left = (await idsOf(app)).map(String);
  t.same(left, [ids[0], ...ids.slice(2)]);
});

test('without keys there is no Web Push', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  t.equal((await ana.get('/push/key')).status, 404);
  const json = newSubscription('https://push.example.org/1');
  t.equal((await ana.put('/push/subscriptions', { json })).status, 404);
  t.equal((await ana.delete('/push/subscriptions/1')).status, 404);
});

test('with keys the public one is told', async (t) => {
  const env = vapidSettings();
  const app = await startApp(t, { env });
  const { body } = await (await app.signUp('ana')).get('/push/key');
  t.same(body, { publicKey: env['VAPID_PUBLIC_KEY'] });
});

test('keys that no device has are refused', async (t) => {
  const app = await startApp(t, { env: vapidSettings() });
  const ana = await app.signUp('ana');
  const good = newSubscription('https://push.example.org/1');
  for (const keys of [
    { ...good.keys, p256dh: Buffer.alloc(65, 4).toString('base64url') },
    { ...good.keys, p256dh: good.keys.p256dh.slice(2) },
    { ...good.keys, auth: 'short' },
    { auth: good.keys.auth },
  ]) {
    const { status, body } = await ana.put('/push/subscriptions', { json: { ...good, keys } });
    t.same([status, body.code], [400, 'invalid_input'], JSON.stringify(keys));
  }
  t.equal((await ana.put('/push/subscriptions', { json: good })).status, 200, 'the premise');
});

test('what is read while it is held is not pushed', async (t) => {
  const { ana, ben, device, id, settled } = await startTalk(t, { env: { PUSH_DELAY_MS: '2000' } });
  await ana.postMessage(id, 'one');
  await ben.put(`/conversations/${id}/read`, { json: { sequence: 1 } });
  await settled();
  t.same(device.pushes, []);
  await ana.postMessage(id, 'two');
  await device.hears(`${id}-2`);
});

test('of several messages in a moment the newest is pushed', async (t) => {
  const { ana, device, id } = await startTalk(t, { env: { PUSH_DELAY_MS: '2000' } });
  for (const body of ['one', 'two', 'three']) await ana.postMessage(id, body);
  await device.hears(`${id}-3`);
  t.same(device.ids(), [`${id}-3`]);
});

test('whoever answers meanwhile is still told what others said', async (t) => {
  const { ana, ben, device, id, service } = await startTalk(t);
  const mine = service.device();
  await subscribe(ana, mine.subscription);
  await ana.postMessage(id, 'one');
  await ben.postMessage(id, 'two');
  await Promise.all([device.hears(`${id}-1`), mine.hears(`${id}-2`)]);
});

test('a muted conversation is not pushed, nor what is not the member’s to see', async (t) => {
  const { ana, ben, device, id, settled } = await startTalk(t);
  await ben.patch(`/conversations/${id}/preferences`, { json: { muted: true } });
  await ana.postMessage(id, 'one');
  await settled();
  t.same(device.pushes, []);
  await ben.patch(`/conversations/${id}/preferences`, { json: { muted: false } });
  await ana.postMessage(id, 'two');
  await device.hears(`${id}-2`);
  const room = await ana.createRoom('A room', { members: ['ben'] });
  await ana.postMessage(room, 'one');
  await ana.delete(`/conversations/${room}/members/ben`);
  await settled();
  t.same(device.ids(), [`${id}-2`], 'an ex-member hears nothing');
});

for (const PRESENCE of ['on', 'off']) {
  test(`with a socket anywhere there is no push, until it is gone; presence ${PRESENCE}`, async (t) => {
    const { app, env, ana, ben, device, id, settled } = await startTalk(t, {
      store: 'mysql',
      bus: 'redis',
      env: { PRESENCE },
    });
    t.equal(env['PRESENCE'], PRESENCE);
    const other = await startApp(t, { env: app.env });
    const socket = await ben.at(other).socket();
    await until(async () => (await app.db.selectFrom('online').selectAll().execute()).length > 0);
    const { body: message } = await ana.postMessage(id, 'one');
    await socket.waitForEvent('message.created', message.id);
    await ben.get(`/messages/${message.id}`);
    await settled();
    t.same(device.pushes, []);
    socket.close();
    await until(async () => (await app.db.selectFrom('online').selectAll().execute()).length === 0);
    await ana.postMessage(id, 'two');
    await device.hears(`${id}-2`);
    t.same(device.ids(), [`${id}-2`], 'and two processes send once');
  });
}

test('a socket whose reader has gone without a word is found out', async (t) => {
  const { ana, ben, device, id, settled } = await startTalk(t, { env: { PUSH_DELAY_MS: '1000' } });
  const socket = await ben.socket();
  const { body: message } = await ana.postMessage(id, 'one');
  await socket.waitForEvent('message.created', message.id);
  await settled();
  t.same(device.pushes, [], 'it seems to be there, but fetches nothing');
  socket.close();
  await device.hears(message.id);
});

for (const status of [404, 410]) {
  test(`a subscription that has ended is removed: ${status}`, async (t) => {
    const { app, ana, ben, service, id } = await startTalk(t);
    const gone = Number(await subscribe(ben, service.device().subscription));
    service.answerBy((response) => response.writeHead(status).end());
    await ana.postMessage(id, 'one');
    await until(async () => !(await idsOf(app)).includes(gone));
  });
}

test('a push service that is busy is asked again, a few times, unless it is read meanwhile', async (t) => {
  const { app, ana, ben, service, device, id } = await startTalk(t);
  const before = await idsOf(app);
  service.answerBy((response) => response.writeHead(503).end());
  await ana.postMessage(id, 'one');
  await until(() => device.pushes.length === 2);
  await ben.put(`/conversations/${id}/read`, { json: { sequence: 1 } });
  const other = await ana.createRoom('A room', { members: ['ben'] });
  await ana.postMessage(other, 'never read');
  await until(() => device.ids().filter((pushed) => pushed === `${other}-1`).length === 4);
  t.ok(device.ids().filter((pushed) => pushed === `${id}-1`).length <= 3);
  t.same(await idsOf(app), before, 'and nobody is unsubscribed for it');
});

test('neither a push service that hangs nor one that is away delays a post or another device', async (t) => {
  const { app, ana, ben, service, device, id } = await startTalk(t);
  service.answerBy(() => {});
  await subscribe(ben, newSubscription('http://127.0.0.1:1/away'));
  await ana.postMessage(id, 'one');
  await device.hears(`${id}-1`);
  const before = performance.now();
  t.equal((await ana.postMessage(id, 'two')).status, 201);
  t.ok(performance.now() - before < 2_000);
  await device.hears(`${id}-2`);
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  t.match(metrics, /doorbell_pushes_total\{outcome="later"\} \d/);
});
