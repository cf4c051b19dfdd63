import { mock } from 'node:test';
import { test } from 'tap';
import type { Conversation, Message } from '../../src/client/index.ts';
import type { MessageRange } from '../../src/client/range.ts';
import type { AnnouncedFrame } from '../../src/notifications/frames.ts';
import { run } from './support/client.ts';
import { ModelServer } from './support/model-server.ts';
import { type Random, random } from './support/random.ts';
import { Disk, Network, newClient, type SimulatedClient } from './support/simulated-client.ts';

/** Conversations come on screen and go. */
function look({ replica, looks }: SimulatedClient, chance: Random): void {
  const some = () => replica.conversations().flatMap(({ id }) => (chance.percent(40) ? [id] : []));
  looks.showOnly(some(), some());
}

/** What somebody does at this device. */
function use(client: SimulatedClient, chance: Random, kinds: number) {
  const { api, replica, answers, history, revisions, markRead } = client;
  const conversations = replica.conversations();
  const { id, lastSequence } = conversations[chance.below(conversations.length)] ?? {};
  if (id === undefined || lastSequence === undefined) return;
  const ignore = (): void => {};
  const what = chance.below(kinds);
  const sequence = Math.max(lastSequence - chance.below(4), 1);
  if (what === 0) history.loadOlder(id).catch(ignore);
  if (what === 1) revisions.edit(`${id}-${sequence}`, 'edited here').catch(ignore);
  if (what === 2) markRead(id, sequence);
  if (what === 3) {
    const post = api.postMessage(id, 'a key', { body: 'of this device' });
    post.then((message) => answers.message(message)).catch(ignore);
  }
  if (what === 4) history.loadLast(id).catch(ignore);
}

interface Simulation {
  /** Percent of the frames; then the client is told to sync, now and then and at the end. */
  lostFrames: number;
  failures: number;
  /** In percent of the steps, how often the program ends and starts again. */
  restarts?: number;
  /** In percent of the steps, how often other conversations are on screen; else all are, always. */
  looks?: number;
}

/** Everything that is under way moves on by itself: at random, one thing at a time. */
async function simulate(
  seed: number,
  { lostFrames, failures, restarts = 0, looks = 0 }: Simulation,
) {
  const chance = random(seed);
  const frames: AnnouncedFrame[] = [];
  const network = new Network(chance);
  const server = new ModelServer(chance, (frame) => {
    if (!chance.percent(lostFrames)) frames.push(frame);
    if (chance.percent(5)) frames.push(frame);
  });
  const disk = new Disk();
  let client = newClient(network.fetchFrom(server), disk);
  const step = async (): Promise<void> => {
    const what = chance.below(4);
    if (what === 0) {
      const frame = frames.splice(chance.below(Math.min(frames.length, 5)), 1)[0];
      if (frame) client.listener.receive(frame);
    }
    if (what === 1) network.serveOne();
    if (what === 2) network.answerOne();
    if (what === 3) mock.timers.tick(1 + chance.below(50));
    await new Promise(setImmediate);
  };
  const settle = async (isDone: () => boolean): Promise<void> => {
    let quiet = 0;
    for (let steps = 0; quiet < 60; steps += 1) {
      if (steps > 20_000) throw new Error(`seed ${seed} never ends`);
      await step();
      // Long enough for what waits to try again.
      mock.timers.tick(20);
      quiet = isDone() && network.isIdle && frames.length === 0 ? quiet + 1 : 0;
    }
  };
  const sync = async (): Promise<void> => {
    let isDone = false;
    void client.catchUp.run().then(() => {
      isDone = true;
    });
    await settle(() => isDone);
  };

  const restart = (): void => {
    client.end();
    client = newClient(network.fetchFrom(server), disk);
    if (looks > 0) look(client, chance);
  };

  await sync();
  if (looks > 0) look(client, chance);
  network.failures = failures;
  for (let steps = 0; steps < 200; steps += 1) {
    if (chance.percent(25)) server.act();
    if (chance.percent(6)) use(client, chance, looks > 0 ? 5 : 4);
    if (chance.percent(looks)) look(client, chance);
    if (lostFrames > 0 && chance.percent(2)) client.listener.receive({ event: 'resync' });
    if (chance.percent(20)) disk.write(client.replica);
    if (chance.percent(restarts)) {
      restart();
      void client.catchUp.run().catch(() => {});
    }
    await step();
  }
  network.failures = 0;
  if (lostFrames + restarts > 0) await sync();
  else await settle(() => true);
  const problems = compareCounts(client, server);
  if (looks > 0) {
    await sync();
    problems.push(...compareConversations(client, server));
    disk.write(client.replica);
    if (restarts > 0) restart();
    await sync();
    problems.push(...compareConversations(client, server));
    client.looks.showOnly(['1', '2', '3'], []);
    await settle(() => true);
  }
  return [...problems, ...compare(client, server)];
}

/** What is counted of conversations that may not be on screen, though nothing of it is fetched. */
function compareCounts({ replica }: SimulatedClient, server: ModelServer): string[] {
  return server.conversations().flatMap(({ id, lastSequence, unread, readSequence }) => {
    const shown = replica.conversation(id);
    const isCounted = shown?.lastSequence === lastSequence;
    const isEnough = Number(shown?.unread) >= unread;
    const isTooMuch = Number(shown?.unread) > Math.max(0, lastSequence - readSequence);
    if (isCounted && isEnough && !isTooMuch) return [];
    const counts = [lastSequence, unread, readSequence];
    return [
      `${id} counts ${[shown?.lastSequence, shown?.unread, shown?.readSequence]}, not ${counts}`,
    ];
  });
}

/** What differs between what is held and what the server has; empty when all is well. */
function compare(client: SimulatedClient, server: ModelServer): string[] {
  const { replica, news } = client;
  const announced = news.map(({ id, version }) => `${id} in version ${version}`);
  const twice = announced.filter((one, index) => announced.indexOf(one) !== index);
  return [
    ...twice.map((one) => `${one} was announced twice`),
    ...compareConversations(client, server),
    ...['1', '2', '3'].flatMap((id) => compareMessages(id, replica.range(id), server.messages(id))),
  ];
}

/** All that is shown of a conversation beside its messages. */
function compareConversations({ replica }: SimulatedClient, server: ModelServer): string[] {
  // The version is as of the last fetch, which a message that changed is no reason for.
  const text = ({ version: _, ...conversation }: Partial<Conversation> = {}): Map<string, string> =>
    new Map(Object.entries(conversation).map(([name, value]) => [name, JSON.stringify(value)]));
  const problems: string[] = [];
  const ids = [...replica.conversations(), ...server.conversations()].map(({ id }) => id);
  for (const id of new Set(ids)) {
    const real = text(server.conversations().find((one) => one.id === id));
    const held = text(replica.conversation(id));
    for (const name of new Set([...held.keys(), ...real.keys()])) {
      if (held.get(name) === real.get(name)) continue;
      problems.push(`${name} of ${id} is ${held.get(name)}, not ${real.get(name)}`);
    }
  }
  return problems;
}

function compareMessages(
  id: string,
  range: MessageRange | undefined,
  all: readonly Message[],
): string[] {
  const show = (messages: readonly Message[] = []): string =>
    messages.map(({ sequence, version, body }) => `${sequence}.${version} ${body}`).join();
  const wanted = all.filter(
    ({ sequence }) => sequence >= (range?.from ?? Number.POSITIVE_INFINITY),
  );
  const isShort = range?.hasOlder !== wanted.length < all.length && range !== undefined;
  return [
    ...(show(range?.list()) === show(wanted)
      ? []
      : [`${id} has ${show(range?.list())}, not ${show(wanted)}`]),
    ...(isShort ? [`hasOlder of ${id} is ${range?.hasOlder}`] : []),
  ];
}

const cases: Record<string, Simulation> = {
  'frames come late, twice and in any order, answers too': { lostFrames: 0, failures: 0 },
  'requests fail besides': { lostFrames: 0, failures: 10 },
  'frames are lost, and a sync makes up for them': { lostFrames: 40, failures: 0 },
  'frames are lost, and requests fail': { lostFrames: 40, failures: 10 },
  'the program ends, and starts again with what it kept': {
    lostFrames: 0,
    failures: 10,
    restarts: 3,
  },
  'conversations come on screen and go': { lostFrames: 0, failures: 0, looks: 5 },
  'they do while frames are lost, and requests fail': { lostFrames: 40, failures: 10, looks: 5 },
  'they do while the program ends, and starts again': {
    lostFrames: 20,
    failures: 10,
    restarts: 3,
    looks: 5,
  },
};

for (const [name, faults] of Object.entries(cases)) {
  test(`what is held ends as the server has it: ${name}`, async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.teardown(() => mock.timers.reset());
    for (const seed of run(1, 100)) {
      const problems = await simulate(seed, faults);
      if (problems.length > 0) t.fail(`seed ${seed}: ${problems.join('\n')}`);
    }
    t.pass('100 runs');
  });
}
