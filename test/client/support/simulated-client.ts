import { Answers } from '../../../src/client/answers.ts';
import { Api } from '../../../src/client/api.ts';
import { Caller } from '../../../src/client/caller.ts';
import { CatchUp } from '../../../src/client/catch-up.ts';
import { Emitter } from '../../../src/client/emitter.ts';
import type { Emit } from '../../../src/client/events.ts';
import { Fetcher } from '../../../src/client/fetcher.ts';
import { Gather } from '../../../src/client/gather.ts';
import { History } from '../../../src/client/history.ts';
import { Http } from '../../../src/client/http.ts';
import { type Message, memoryTokenStore } from '../../../src/client/index.ts';
import type { KeptConversation } from '../../../src/client/kept-store.ts';
import { LastLines } from '../../../src/client/last-lines.ts';
import { Listener } from '../../../src/client/listener.ts';
import { Looks } from '../../../src/client/looks.ts';
import { Patience } from '../../../src/client/patience.ts';
import { ReadMarkers } from '../../../src/client/read-markers.ts';
import { Replica } from '../../../src/client/replica.ts';
import { Revisions } from '../../../src/client/revisions.ts';
import { Screen } from '../../../src/client/screen.ts';
import { storeSignIns } from '../../../src/client/sign-ins.ts';
import { Tokens } from '../../../src/client/tokens.ts';
import type { ModelServer } from './model-server.ts';
import type { Random } from './random.ts';

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
export class Network {
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
export class Disk {
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
export function newClient(fetch: typeof globalThis.fetch, disk: Disk) {
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
  const screen = new Screen();
  const gather = new Gather(new Fetcher(api, replica, screen), 1);
  const answers = new Answers(replica, gather);
  const catchUp = new CatchUp(api, replica, gather, screen);
  const sync = (): void => void catchUp.run().catch(() => {});
  const patience = new Patience(replica, screen);
  const lastLines = new LastLines({ replica, gather, patience, screen });
  const looks = new Looks({ replica, gather, screen, lastLines });
  const seen = { replica, gather, patience, screen, lastLines };
  const actions = { ...seen, emit, onResync: sync, onManyChanges: sync };
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
    looks,
    history: new History(api, replica, answers, (id) => looks.show(id)),
    revisions: new Revisions(api, answers),
    listener: new Listener({ username: 'ana', ...actions }),
    markRead: (id: string, sequence: number) =>
      readMarkers.mark(id, replica.markRead(id, sequence)),
    end: () => {
      gather.pause();
      catchUp.stop();
      readMarkers.pause();
      lastLines.stop();
    },
  };
}

export type SimulatedClient = ReturnType<typeof newClient>;
