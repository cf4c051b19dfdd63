import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import {
  type Conversation,
  type Doorbell,
  DoorbellError,
  type Message,
} from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import { recordBody } from '../support/recorder.ts';
import { until } from '../support/until.ts';
import { newClient, newDevice, newsOf } from './support/client.ts';
import { type Random, random } from './support/random.ts';
import { NO_FAULTS, unreliableProxy } from './support/unreliable-proxy.ts';

const STORM = 6_000;
/** New messages that each device must have been told of for the end to say something. */
const TELLING = 50;
const EMOJI = ['👍', '🔔', '❤️'];
const faults = {
  lostRequests: 4,
  lostAnswers: 4,
  lostFrames: 15,
  repeatedFrames: 20,
  delay: 80,
  answerDelay: 80,
};

interface Scene {
  chance: Random;
  /** Owns the rooms and is never disturbed. */
  kim: Doorbell;
  rooms: readonly string[];
}

/** One thing at random that somebody does with a device; what the server refuses is as well. */
async function act(device: Doorbell, { chance, kim, rooms }: Scene): Promise<unknown> {
  const id = rooms[chance.below(rooms.length)] ?? '';
  const me = device.me?.username ?? '';
  const last = device.conversation(id)?.lastSequence ?? 0;
  const recent = `${id}-${Math.max(last - chance.below(12), 1)}`;
  const emoji = EMOJI[chance.below(EMOJI.length)] ?? '';
  const role = chance.percent(50) ? 'moderator' : 'member';
  const text = `line ${chance.below(1_000_000)} of the storm`;
  const rare = [
    () => device.setPreferences(id, { clearedThrough: last - chance.below(10) }),
    () => device.setPreferences(id, { archived: true }),
    () => device.setPreferences(id, { muted: chance.percent(50) }),
    () => device.leave(id),
    () => kim.removeMember(id, me),
    () => kim.setRole(id, me, role),
    () => kim.editRoom(id, { title: text }),
  ];
  const usual = [
    ...Array(5).fill(() => device.post(id, text)),
    () => device.edit(recent, text),
    () => device.react(recent, emoji),
    () => device.unreact(recent, emoji),
    () => device.remove(recent),
    () => device.markRead(id, last - chance.below(5)),
    () => device.loadOlder(id),
    () => (device.conversation(id) ? device.loadLast(id) : device.join(id)),
    () => (device.conversation(id) ? kim.addMember(id, me) : kim.addMember(id, me, role)),
  ];
  recordBody(text);
  const actions = chance.percent(8) ? rare : usual;
  return actions[chance.below(actions.length)]?.().catch((error: unknown) => {
    if (!(error instanceof DoorbellError)) throw error;
  });
}

/** All that the user of this device has, read afresh. */
async function readAfresh({ api }: Doorbell): Promise<Map<string, [Conversation, Message[]]>> {
  const lists = [await api.listConversations(), await api.listConversations({ archived: 'true' })];
  const all = new Map<string, [Conversation, Message[]]>();
  for (const conversation of lists.flatMap(({ conversations }) => conversations)) {
    const messages: Message[] = [];
    for (let hasAfter = true; hasAfter; ) {
      const after = messages.at(-1)?.sequence ?? 0;
      const page = await api.listMessages(conversation.id, { after, limit: 100 });
      messages.push(...page.messages);
      hasAfter = page.hasAfter;
    }
    all.set(conversation.id, [conversation, messages]);
  }
  return all;
}

async function held(device: Doorbell): Promise<Map<string, [Conversation, Message[]]>> {
  for (const { id } of device.conversations()) {
    while (device.hasOlder(id)) await device.loadOlder(id);
  }
  return new Map(device.conversations().map((one) => [one.id, [one, device.messages(one.id)]]));
}

/** As they are shown, before anybody looks at what came before the held messages. */
async function showsConversations(device: Doorbell): Promise<boolean> {
  const afresh = await readAfresh(device);
  const shown = device.conversations();
  const text = (conversation: Conversation | undefined) => JSON.stringify(conversation);
  return (
    shown.length === afresh.size &&
    shown.every((one) => text(one) === text(afresh.get(one.id)?.[0]))
  );
}

/** Those that were announced more than once. */
function announcedTwice(news: readonly Message[]): string[] {
  const announced = news.map(({ id, version }) => `${id} ${version}`);
  return announced.filter((one, index) => announced.indexOf(one) !== index);
}

for (const [store, seed] of [
  ['sqlite', 1],
  ['sqlite', 2],
  ['mysql', 3],
] as const) {
  test(`whatever members do while the network fails, all devices end alike (${store}, seed ${seed})`, async (t) => {
    const { url } = await startApp(t, { store });
    const chance = random(seed);
    const proxy = await unreliableProxy(t, url, chance);
    const kim = await newClient(t, url, 'kim');
    const names = ['ana', 'ben', 'eve'];
    await Promise.all(names.map((name) => newClient(t, url, name)));
    const rooms = await Promise.all([
      kim.createRoom({ title: 'Open', visibility: 'public', members: names }),
      kim.createRoom({ title: 'Closed', history: 'joined', members: names }),
      kim.createRoom({ title: 'Shown', history: 'all', members: names }),
    ]);
    const devices = await Promise.all(
      ['ana', 'ana', 'ben', 'eve'].map((name) =>
        newDevice(t, proxy.url, name, { timeoutMilliseconds: 1_500 }),
      ),
    );
    const news = devices.map(newsOf);
    await Promise.all(devices.map((device) => device.connect()));

    proxy.faults = faults;
    const scene = { chance, kim, rooms: rooms.map(({ id }) => id) };
    const actions: Promise<unknown>[] = [];
    const cutting = setInterval(() => chance.percent(20) && proxy.cutSockets(), 200);
    // On a busy machine less happens in the same time.
    const isQuiet = () => news.some(({ length }) => length <= TELLING);
    for (
      const end = Date.now() + STORM;
      Date.now() < end || isQuiet();
      await sleep(chance.below(20))
    ) {
      const device = devices[chance.below(devices.length)];
      if (device) actions.push(act(device, scene));
    }
    clearInterval(cutting);
    proxy.faults = NO_FAULTS;
    proxy.cutSockets();
    await Promise.all(actions);

    for (const [index, device] of devices.entries()) {
      await until(async () => device.state === 'live' && (await showsConversations(device)));
      t.same(await held(device), await readAfresh(device), `device ${index}`);
      t.same(announcedTwice(news[index] ?? []), []);
    }
  });
}
