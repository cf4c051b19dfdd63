import { lookup } from 'node:dns/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { readConfig } from '../../src/core/config.ts';
import { ForbiddenAddressError, publicLookup } from '../../src/notifications/push/endpoint.ts';
import { startApp } from '../support/app.ts';
import { newSubscription, startPushService, vapidSettings } from '../support/push-service.ts';
import { until } from '../support/until.ts';

/** As an operator has it. */
const strict = () => ({ ...vapidSettings(), PUSH_TO_LOOPBACK: 'off' });

const REFUSED = [
  'http://push.example.org/1',
  'https://push.example.org:8443/1',
  'https://user@push.example.org/1',
  'https://user:password@push.example.org/1',
  'https://127.0.0.1/1',
  'https://2130706433/1',
  'https://0x7f.1/1',
  'https://[::1]/1',
  'https://[::ffff:10.0.0.1]/1',
  'https://10.0.0.1/1',
  'https://169.254.169.254/latest/meta-data/',
  'https://8.8.8.8/1',
  'ftp://push.example.org/1',
  'file:///etc/passwd',
  'javascript:1',
  '/push',
  '',
];

test('an endpoint is an https address at the usual port of a named host', async (t) => {
  const app = await startApp(t, { env: strict() });
  const ana = await app.signUp('ana');
  for (const endpoint of REFUSED) {
    const { status, body } = await ana.put('/push/subscriptions', {
      json: newSubscription(endpoint),
    });
    t.same([status, body.code], [400, 'invalid_input'], endpoint);
  }
  for (const endpoint of ['https://push.example.org/1', 'https://push.example.org:443/2']) {
    const json = newSubscription(endpoint);
    t.equal((await ana.put('/push/subscriptions', { json })).status, 200, endpoint);
  }
});

/** What is connected to, or the error that stands in its way. */
const resolve = (hostname: string, allowLoopback: boolean, all: boolean) =>
  new Promise<unknown>((done) =>
    publicLookup({ allowLoopback })(hostname, { all }, (error, address) => done(error ?? address)),
  );

test('the address that a name leads to is checked as the connection is made', async (t) => {
  const { address } = await lookup('localhost');
  t.match(address, /^(127\.|::1)/, 'the premise');
  for (const all of [true, false]) {
    t.ok((await resolve('localhost', false, all)) instanceof ForbiddenAddressError);
    t.notOk((await resolve('localhost', true, all)) instanceof Error);
  }
});

test('only what can be reached from everywhere is public', async (t) => {
  const isConnectedTo = async (address: string) =>
    !((await resolve(address, false, true)) instanceof Error);
  for (const address of ['8.8.8.8', '2a00:1450:4001::1'])
    t.ok(await isConnectedTo(address), `the premise: ${address}`);
  for (const address of [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.2',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fc00::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
  ])
    t.notOk(await isConnectedTo(address), address);
});

test('a name that leads to this machine is not called, and forgotten', async (t) => {
  const app = await startApp(t, { env: strict() });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const json = newSubscription('https://localhost/1');
  t.equal((await ben.put('/push/subscriptions', { json })).status, 200, 'the name tells nothing');
  await ana.postMessage(await ana.open('ben'), 'hi');
  await until(
    async () => (await app.db.selectFrom('push_subscriptions').selectAll().execute()).length === 0,
  );
});

test('what was allowed once is not for a server that allows it no more', async (t) => {
  const service = await startPushService(t);
  const device = service.device();
  const app = await startApp(t, { env: vapidSettings() });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const id = await ana.open('ben');
  await ben.put('/push/subscriptions', { json: device.subscription });
  await ana.postMessage(id, 'one');
  await device.hears(`${id}-1`);
  await app.close();
  const stricter = await startApp(t, { env: { ...app.env, PUSH_TO_LOOPBACK: 'off' } });
  await ana.at(stricter).postMessage(id, 'two');
  await until(
    async () =>
      (await stricter.db.selectFrom('push_subscriptions').selectAll().execute()).length === 0,
  );
  t.same(device.ids(), [`${id}-1`]);
});

test('a redirect is not followed, and an answer without end is cut', async (t) => {
  let isAsked = false;
  const inside = createServer((_request, response) => {
    isAsked = true;
    response.end();
  });
  await new Promise<void>((listening) => inside.listen(0, '127.0.0.1', listening));
  t.teardown(() => inside.close());
  const { port } = inside.address() as AddressInfo;

  const service = await startPushService(t);
  const device = service.device();
  const app = await startApp(t, { env: vapidSettings() });
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const id = await ana.open('ben');
  await ben.put('/push/subscriptions', { json: device.subscription });
  for (const status of [301, 307, 308]) {
    service.answerBy((response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${port}/` }).end(),
    );
    const { body } = await ana.postMessage(id, 'hi');
    await device.hears(body.id);
  }
  await sleep(300);
  t.notOk(isAsked);

  let isCut = false;
  service.answerBy((response) => {
    response.writeHead(201);
    const more = setInterval(() => response.write(Buffer.alloc(4_096)), 5);
    response.on('close', () => {
      clearInterval(more);
      isCut = true;
    });
  });
  await ana.postMessage(id, 'more');
  await until(() => isCut);
});

test('in production nobody allows this machine', async (t) => {
  const env = { ...vapidSettings(), NODE_ENV: 'production', PUBLIC_URL: 'https://chat.example' };
  t.throws(() => readConfig(env), { message: /^PUSH_TO_LOOPBACK is refused in production/ });
  t.ok(readConfig({ ...env, PUSH_TO_LOOPBACK: 'off' }).vapid);
});
