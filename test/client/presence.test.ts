import { test } from 'tap';
import { startApp, type TestApp } from '../support/app.ts';
import { recording } from '../support/recorder.ts';
import { until } from '../support/until.ts';
import { countingFetch, newClient, newDevice, run } from './support/client.ts';
import { random } from './support/random.ts';
import { unreliableProxy } from './support/unreliable-proxy.ts';

const rename = (app: TestApp, username: string, displayName: string) =>
  app.db
    .updateTable('users')
    .set({ display_name: displayName })
    .where('username', '=', username)
    .execute();

test('the other party is seen to come, to type and to go', async (t) => {
  const { url } = await startApp(t);
  const [ana, ben] = await Promise.all([newClient(t, url, 'ana'), newClient(t, url, 'ben')]);
  const { id } = await ana.openDirect('ben');
  await ana.connect();
  t.equal(ana.conversation(id)?.with?.online, false);
  const heard: unknown[] = [];
  ana.on('typing', (typing) => heard.push(typing));
  await ben.connect();
  await until(() => ana.conversation(id)?.with?.online === true);
  ben.typing(id);
  await until(() => heard.length === 1);
  t.same(heard, [{ conversationId: id, username: 'ben' }]);
  ben.close();
  await until(() => ana.conversation(id)?.with?.online === false, 15_000);
  t.type(ana.conversation(id)?.with?.lastSeenAt, 'string');
});

test('who the other party is follows what one hears of users', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const [ana] = await Promise.all([newClient(t, app.url, 'ana'), newClient(t, app.url, 'ben')]);
  const { id } = await ana.openDirect('ben');
  const device = await newDevice(t, proxy.url, 'ana');
  await device.connect();
  const heard: string[] = [];
  device.on('user', (username) => heard.push(username));
  await rename(app, 'ben', 'Benjamin');
  for (const username of ['ben', 'eve']) {
    proxy.say(JSON.stringify({ event: 'user.updated', id: username }));
  }
  await until(() => device.conversation(id)?.with?.displayName === 'Benjamin');
  await until(() => heard.length === 2);
  t.same(heard, ['ben', 'eve']);
});

test('very many users of whom one hears at once are one page of the list', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const ana = await newClient(t, app.url, 'ana');
  const names = run(1, 12).map((n) => `user${n}`);
  await Promise.all(names.map((name) => newClient(t, app.url, name)));
  for (const name of names) await ana.openDirect(name);
  const calls = countingFetch();
  const device = await newDevice(t, proxy.url, 'ana', { fetch: calls.fetch });
  await device.connect();
  const before = [calls.of('GET /conversations'), calls.of('GET /conversations/#')];
  for (const name of names) await rename(app, name, `${name} renamed`);
  for (const id of [...names, ...names]) {
    proxy.say(JSON.stringify({ event: 'user.updated', id }));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await until(() =>
    device.conversations().every((one) => one.with?.displayName.endsWith('renamed')),
  );
  const after = [calls.of('GET /conversations'), calls.of('GET /conversations/#')];
  t.ok((after[0] ?? 0) - (before[0] ?? 0) <= 2);
  t.ok((after[1] ?? 0) - (before[1] ?? 0) <= 1, 'the first of them');
});

test('who went or changed while a client was away shows some seconds after it is back', async (t) => {
  const app = await startApp(t);
  const [ana] = await Promise.all([newClient(t, app.url, 'ana'), newClient(t, app.url, 'ben')]);
  const { id } = await ana.openDirect('ben');
  await ana.connect();
  ana.close();
  await rename(app, 'ben', 'Benjamin');
  await ana.connect();
  await until(() => ana.conversation(id)?.with?.displayName === 'Benjamin', 15_000);
});

test('somebody else who types is heard of, in a conversation that is one’s own', async (t) => {
  const app = await startApp(t);
  const proxy = await unreliableProxy(t, app.url, random(1));
  const [ana] = await Promise.all([newClient(t, app.url, 'ana'), newClient(t, app.url, 'ben')]);
  const { id } = await ana.openDirect('ben');
  const device = await newDevice(t, proxy.url, 'ana');
  await device.connect();
  const heard: unknown[] = [];
  device.on('typing', (typing) => heard.push(typing));
  for (const [where, user] of [
    [id, 'ana'],
    ['999999', 'ben'],
    [id, 'ben'],
  ]) {
    proxy.say(JSON.stringify({ event: 'typing', id: where, user }));
  }
  await until(() => heard.length > 0);
  t.same(heard, [{ conversationId: id, username: 'ben' }]);
});

test('typing is told at most once in three seconds for a conversation, and only while connected', async (t) => {
  const { url } = await startApp(t);
  const commands: { command: string }[] = [];
  class Recording extends recording.WebSocket {
    override send(data: string): void {
      commands.push(JSON.parse(data));
      super.send(data);
    }
  }
  const ana = await newClient(t, url, 'ana', { WebSocket: Recording });
  const [{ id }, { id: other }] = [
    await ana.openDirect('ana'),
    await ana.createRoom({ title: 'r' }),
  ];
  ana.typing(id);
  await ana.connect();
  for (let n = 0; n < 5; n += 1) ana.typing(other);
  const typed = () => commands.filter(({ command }) => command === 'typing');
  t.match(typed(), [{ conversationId: other }]);
  t.equal(typed().length, 1);
  ana.typing(id);
  t.equal(typed().length, 2, 'what nobody was told does not count');
  ana.close();
  ana.typing(id);
  t.equal(typed().length, 2);
});
