import type { Message } from '../conversations/schemas.ts';
import { Answers } from './answers.ts';
import { CatchUp } from './catch-up.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { closed } from './errors.ts';
import type { DoorbellState, Emit } from './events.ts';
import { Fetcher } from './fetcher.ts';
import { Gather } from './gather.ts';
import { History } from './history.ts';
import { Keeper } from './keeper.ts';
import type { Kept, KeptStore } from './kept-store.ts';
import { LastLines } from './last-lines.ts';
import { Listener } from './listener.ts';
import { Looks } from './looks.ts';
import { Outbox } from './outbox.ts';
import { Patience } from './patience.ts';
import type { PendingPost } from './post-queue.ts';
import { Presence } from './presence.ts';
import { ReadMarkers } from './read-markers.ts';
import { Replica } from './replica.ts';
import { Revisions } from './revisions.ts';
import { Rooms } from './rooms.ts';
import { Screen } from './screen.ts';
import { Typing } from './typing.ts';

export interface SessionOptions extends Pick<ConnectionOptions, 'api' | 'tokens' | 'openLine'> {
  username: string;
  /** What was held when the program ran last. */
  kept: Kept;
  /** Where that is kept. */
  store: KeptStore | undefined;
  gatherMilliseconds: number;
  emit: Emit;
}

/**
 * One sign-in: what is held for it, what is on its way out, and its connection. Nothing outlives
 * end(); so what is answered late for one user can never reach the next.
 */
export class Session {
  readonly replica: Replica;
  readonly history: History;
  readonly looks: Looks;
  readonly outbox: Outbox;
  readonly rooms: Rooms;
  readonly revisions: Revisions;
  readonly typing = new Typing(
    (conversationId) => this.#connection?.command('typing', { conversationId }) ?? false,
  );
  readonly #options: SessionOptions;
  readonly #emit: Emit;
  readonly #gather: Gather;
  readonly #screen = new Screen();
  readonly #patience: Patience;
  readonly #lastLines: LastLines;
  readonly #readMarkers: ReadMarkers;
  readonly #presence: Presence;
  readonly #keeper: Keeper | undefined;
  #connection: Connection | undefined;
  #caughtUp: Promise<void> | undefined;
  #disconnect: (reason: unknown) => void = () => {};
  /** Before the first sync it is fetched with each conversation; what comes and goes without us is told by no sync. */
  #knowsPresence = true;
  #isEnded = false;

  constructor(options: SessionOptions) {
    const { api, username, kept, store, gatherMilliseconds } = options;
    this.#options = options;
    this.#emit = (event, value) => {
      if (!this.#isEnded) options.emit(event, value);
    };
    this.#keeper = store && new Keeper(store, username, (id) => this.replica.keep(id));
    this.replica = new Replica(username, this.#emit, (id) => this.#keeper?.conversationChanged(id));
    const fetcher = new Fetcher(api, this.replica, this.#screen);
    this.#gather = new Gather(fetcher, gatherMilliseconds);
    this.#patience = new Patience(this.replica, this.#screen);
    const seen = { replica: this.replica, gather: this.#gather, screen: this.#screen };
    this.#lastLines = new LastLines({ ...seen, patience: this.#patience });
    this.looks = new Looks({ ...seen, lastLines: this.#lastLines });
    const answers = new Answers(this.replica, this.#gather);
    this.history = new History(api, this.replica, answers, (id) => this.looks.show(id));
    this.rooms = new Rooms(api, answers, username);
    this.revisions = new Revisions(api, answers);
    this.#presence = new Presence(api, this.replica, answers);
    this.outbox = new Outbox({
      send: ({ conversationId, key, body, replyTo }) =>
        api.postMessage(conversationId, key, { body, replyTo }),
      onPosted: (message) => answers.message(message),
      onAnswered: (post) => this.#keeper?.answered(post),
    });
    this.#readMarkers = new ReadMarkers({
      send: (conversationId, sequence) => api.markRead(conversationId, sequence),
      onAnswer: (conversation) => answers.conversation(conversation),
      onRefused: (conversationId) => {
        this.replica.unmarkRead(conversationId);
        answers.conversationChanged(conversationId);
      },
    });
    this.#restore(kept);
  }

  /** Kept until it is answered; see Outbox.post. */
  post(post: PendingPost): Promise<Message> {
    this.#keeper?.posted(post);
    return this.outbox.post(post);
  }

  /** Resolves when everything is held for the first time; rejects when closed before. */
  connect(): Promise<void> {
    this.#caughtUp ??= new Promise((resolve, reject) => {
      const catchUp = new CatchUp(this.#options.api, this.replica, this.#gather, this.#screen);
      const listener = this.#listener(catchUp);
      const connection = new Connection({
        ...this.#options,
        onReady: () => {
          this.#patience.spread = 0;
          return this.#catchUp(catchUp);
        },
        onFrame: (frame) => listener.receive(frame),
        onState: (state) => {
          this.#setState(state);
          if (state === 'live') resolve();
        },
      });
      this.#connection = connection;
      this.#disconnect = (reason) => {
        connection.close();
        catchUp.stop();
        listener.stop();
        reject(reason);
      };
    });
    return this.#caughtUp;
  }

  hurry(): void {
    this.#connection?.hurry();
  }

  /** Stops all traffic. What is held and pending stays, for the next connect(). */
  close(reason: unknown = closed()): void {
    this.#keeper?.flush();
    this.#gather.pause();
    this.outbox.pause();
    this.#readMarkers.pause();
    this.#presence.stop();
    this.#lastLines.stop();
    if (!this.#caughtUp) return;
    this.#disconnect(reason);
    this.#caughtUp = undefined;
    this.#connection = undefined;
    this.#emit('state', 'offline');
  }

  end(reason: unknown): void {
    this.#isEnded = true;
    this.#keeper?.clear();
    this.close(reason);
    this.outbox.rejectAll(reason);
  }

  markRead(conversationId: string, sequence?: number): void {
    const reached = sequence ?? this.replica.range(conversationId)?.through;
    if (reached === undefined) return;
    const marked = this.replica.markRead(conversationId, reached);
    this.#readMarkers.mark(conversationId, marked);
  }

  /** And goes on with what was under way then. */
  #restore({ conversations, posts }: Kept): void {
    this.replica.restore(conversations);
    this.#knowsPresence = conversations.length === 0;
    for (const { fetched, readHere } of conversations)
      if (readHere > fetched.readSequence) this.#readMarkers.mark(fetched.id, readHere);
    for (const post of posts)
      this.outbox.post(post).catch((error) => this.#emit('postRefused', { post, error }));
  }

  #listener(catchUp: CatchUp): Listener {
    const quietly = (run: Promise<void>): void => void run.catch(() => {});
    return new Listener({
      username: this.#options.username,
      replica: this.replica,
      gather: this.#gather,
      patience: this.#patience,
      screen: this.#screen,
      lastLines: this.#lastLines,
      emit: this.#emit,
      onResync: () => quietly(this.#catchUp(catchUp)),
      onManyChanges: () => quietly(catchUp.run()),
    });
  }

  #setState(state: DoorbellState): void {
    if (state === 'live' && !this.#knowsPresence) this.#presence.refreshSoon();
    if (state === 'live') this.#knowsPresence = false;
    this.#emit('state', state);
  }

  async #catchUp(catchUp: CatchUp): Promise<void> {
    this.outbox.resume();
    this.#readMarkers.resume();
    await catchUp.run();
    this.#emit('synced', undefined);
  }
}
