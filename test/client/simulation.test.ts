import { mock } from 'node:test';
import { test } from 'tap';
import { Answers } from '../../src/client/answers.ts';
import { Api } from '../../src/client/api.ts';
import { Caller } from '../../src/client/caller.ts';
import { CatchUp } from '../../src/client/catch-up.ts';
import { Emitter } from '../../src/client/emitter.ts';
import type { Emit } from '../../src/client/events.ts';
import { Fetcher } from '../../src/client/fetcher.ts';
import { Gather } from '../../src/client/gather.ts';
import { History } from '../../src/client/history.ts';
import { Http } from '../../src/client/http.ts';
import { type Conversation, type Message, memoryTokenStore } from '../../src/client/index.ts';
import type { KeptConversation } from '../../src/client/kept-store.ts';
import { Listener } from '../../src/client/listener.ts';
import { Patience } from '../../src/client/patience.ts';
import type { MessageRange } from '../../src/client/range.ts';
import { ReadMarkers } from '../../src/client/read-markers.ts';
import { Replica } from '../../src/client/replica.ts';
import { Revisions } from '../../src/client/revisions.ts';
import { storeSignIns } from '../../src/client/sign-ins.ts';
import { Tokens } from '../../src/client/tokens.ts';
import type { AnnouncedFrame } from '../../src/notifications/frames.ts';
import { run } from './support/client.ts';
import { ModelServer } from './support/model-server.ts';
import { type Random, random } from './support/random.ts';

const ANA = {
  username: 'ana',
  displayName: 'Ana',
  about: '',
  avatar: null,
  lastSeenAt: null,
  online: true,
  email: 'ana@example.org',
  role: 'user',
} as const;

/** Requests to the model, each of which is served at some moment and answered at a later one. */
class Network {
  readonly #chance: Random;
  readonly #unserved: (() => void)[] = [];
  readonly #unanswered: (() => void)[] = [];
  /** Percent of the requests that fail. */
  failures = 0;

  constructor(chance: Random) {
    this.#chance = chance;
  }

  fetchFrom(server: ModelServer): typeof fetch {
    return (input, init) =>
      new Promise((resolve, reject) => {
        const serve = (): unknown =>
          server.answer(init?.method ?? '', new URL(String(input)), init?.body?.toString());
        this.#unserved.push(() => {
          if (this.#chance.percent(this.failures)) return reject(new TypeError('lost'));
          const body = serve();
          const status = body === undefined ? 404 : 200;
          this.#unanswered.push(() => {
            if (this.#chance.percent(this.failures)) reject(new TypeError('lost'));
            else resolve(new Response(JSON.stringify(body ?? {}), { status }));
          });
        });
      });
  }

  get isIdle(): boolean {
    return this.#unserved.length + this.#unanswered.length === 0;
  }

  serveOne(): void {
    this.#unserved.splice(this.#chance.below(this.#unserved.length), 1)[0]?.();
  }

  answerOne(): void {
    this.#unanswered.splice(this.#chance.below(this.#unanswered.length), 1)[0]?.();
  }
}

/** What is on the disk of the device, which is behind by what changed since it was written last. */
class Disk {
  readonly #kept = new Map<string, KeptConversation>();
  readonly #changed = new Set<string>();

  changed(id: string): void {
    this.#changed.add(id);
  }

  write(replica: Replica): void {
    for (const id of this.#changed) {
      const kept = replica.keep(id);
      if (kept) this.#kept.set(id, structuredClone(kept));
      else this.#kept.delete(id);
    }
    this.#changed.clear();
  }

  read(): KeptConversation[] {
    this.#changed.clear();
    return structuredClone([...this.#kept.values()]);
  }
}

/** The program, with what it kept when it ran last. */
function newClient(fetch: typeof globalThis.fetch, disk: Disk) {
  const http = new Http({ url: 'http://model/api/v1', fetch, timeoutMilliseconds: 60_000 });
  const store = memoryTokenStore();
  const tokens = { accessToken: 'a', refreshToken: 'r', renewAfter: Number.POSITIVE_INFINITY };
  void store.save({ user: ANA, ...tokens });
  const api = new Api(
    new Caller(http, new Tokens(storeSignIns(http, store), new Emitter(() => {}))),
  );
  const news: Message[] = [];
  const emit: Emit = (event, value) => {
    if (event === 'message') news.push(value as Message);
  };
  const replica = new Replica('ana', emit, (id) => disk.changed(id));
  const gather = new Gather(new Fetcher(api, replica), 1);
  const answers = new Answers(replica, gather);
  const catchUp = new CatchUp(api, replica, gather);
  const sync = (): void => void catchUp.run().catch(() => {});
  const patience = new Patience(replica);
  const actions = { replica, gather, patience, emit, onResync: sync, onManyChanges: sync };
  const readMarkers = new ReadMarkers({
    send: (id, sequence) => api.markRead(id, sequence),
    onAnswer: (conversation) => answers.conversation(conversation),
    onRefused: (id) => replica.unmarkRead(id),
  });
  const kept = disk.read();
  replica.restore(kept);
  for (const { fetched, readHere } of kept)
    if (readHere > fetched.readSequence) readMarkers.mark(fetched.id, readHere);
  return {
    api,
    replica,
    news,
    gather,
    answers,
    catchUp,
    history: new History(api, replica, answers),
    revisions: new Revisions(api, answers),
    listener: new Listener({ username: 'ana', ...actions }),
    markRead: (id: string, sequence: number) =>
      readMarkers.mark(id, replica.markRead(id, sequence)),
    end: () => {
      gather.pause();
      catchUp.stop();
      readMarkers.pause();
    },
  };
}

type Client = ReturnType<typeof newClient>;

/** What somebody does at this device. */
function use({ api, replica, answers, history, revisions, markRead }: Client, chance: Random) {
  const conversations = replica.conversations();
  const { id, lastSequence } = conversations[chance.below(conversations.length)] ?? {};
  if (id === undefined || lastSequence === undefined) return;
  const ignore = (): void => {};
  const what = chance.below(4);
  const sequence = Math.max(lastSequence - chance.below(4), 1);
  if (what === 0) history.loadOlder(id).catch(ignore);
  if (what === 1) revisions.edit(`${id}-${sequence}`, 'edited here').catch(ignore);
  if (what === 2) markRead(id, sequence);
  if (what === 3) {
    const post = api.postMessage(id, 'a key', { body: 'of this device' });
    post.then((message) => answers.message(message)).catch(ignore);
  }
}

interface Simulation {
  /** Percent of the frames; then the client is told to sync, now and then and at the end. */
  lostFrames: number;
  failures: number;
  /** In percent of the steps, how often the program ends and starts again. */
  restarts?: number;
}

/** Everything that is under way moves on by itself: at random, one thing at a time. */
async function simulate(seed: number, { lostFrames, failures, restarts = 0 }: Simulation) {
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

  await sync();
  network.failures = failures;
  for (let steps = 0; steps < 200; steps += 1) {
    if (chance.percent(25)) server.act();
    if (chance.percent(6)) use(client, chance);
    if (lostFrames > 0 && chance.percent(2)) client.listener.receive({ event: 'resync' });
    if (chance.percent(20)) disk.write(client.replica);
    if (chance.percent(restarts)) {
      client.end();
      client = newClient(network.fetchFrom(server), disk);
      void client.catchUp.run().catch(() => {});
    }
    await step();
  }
  network.failures = 0;
  if (lostFrames + restarts > 0) await sync();
  else await settle(() => true);
  return { client, server };
}

/** What differs between what is held and what the server has; empty when all is well. */
function compare({ replica, news }: Client, server: ModelServer): string[] {
  // The version is as of the last fetch, which a message that changed is no reason for.
  const text = ({ version: _, ...conversation }: Partial<Conversation> = {}): Map<string, string> =>
    new Map(Object.entries(conversation).map(([name, value]) => [name, JSON.stringify(value)]));
  const announced = news.map(({ id, version }) => `${id} in version ${version}`);
  const twice = announced.filter((one, index) => announced.indexOf(one) !== index);
  const problems = twice.map((one) => `${one} was announced twice`);
  const ids = [...replica.conversations(), ...server.conversations()].map(({ id }) => id);
  for (const id of new Set(ids)) {
    const real = text(server.conversations().find((one) => one.id === id));
    const held = text(replica.conversation(id));
    for (const name of new Set([...held.keys(), ...real.keys()])) {
      if (held.get(name) === real.get(name)) continue;
      problems.push(`${name} of ${id} is ${held.get(name)}, not ${real.get(name)}`);
    }
    problems.push(...compareMessages(id, replica.range(id), server.messages(id)));
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
};

for (const [name, faults] of Object.entries(cases)) {
  test(`what is held ends as the server has it: ${name}`, async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.teardown(() => mock.timers.reset());
    for (const seed of run(1, 100)) {
      const { client, server } = await simulate(seed, faults);
      const problems = compare(client, server);
      if (problems.length > 0) t.fail(`seed ${seed}: ${problems.join('\n')}`);
    }
    t.pass('100 runs');
  });
}
