import type { Conversation, Message } from '../conversations/schemas.ts';
import type { Me, RegisterBody } from '../users/schemas.ts';
import { Api } from './api.ts';
import { Emitter } from './emitter.ts';
import { closed, signedOut } from './errors.ts';
import type { DoorbellEvents, DoorbellState } from './events.ts';
import { Http } from './http.ts';
import { makeIdempotencyKey } from './idempotency-key.ts';
import type { DoorbellOptions } from './options.ts';
import type { PendingPost } from './post-queue.ts';
import { Session } from './session.ts';
import { memoryTokenStore, Tokens } from './tokens.ts';

/**
 * A client of one Doorbell server, for one user at a time. It holds the conversations and, of each,
 * one unbroken run of messages up to the newest, and keeps them complete while connected.
 */
export class Doorbell {
  /** Plain calls, for all that is not held. */
  readonly api: Api;
  readonly #options: DoorbellOptions;
  readonly #makeKey: () => string;
  readonly #events: Emitter<DoorbellEvents>;
  readonly #tokens: Tokens;
  #session: Session | undefined;
  #state: DoorbellState = 'offline';
  /** Whether connect() came last, or close(). */
  #isWanted = false;

  constructor(options: DoorbellOptions) {
    const report = options.onListenerError ?? ((error) => console.error(error));
    const http = new Http({
      url: `${options.url}/api/v1`,
      // Called as a method of anything else, the browser's fetch throws.
      fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
      timeoutMilliseconds: options.timeoutMilliseconds ?? 15_000,
    });
    this.#options = options;
    this.#makeKey = options.makeKey ?? makeIdempotencyKey;
    this.#events = new Emitter(report);
    this.#events.on('state', (state) => {
      this.#state = state;
    });
    this.#tokens = new Tokens(options.tokens ?? memoryTokenStore(), http, new Emitter(report));
    this.#tokens.events.on('ended', () => this.#end());
    this.api = new Api(http, this.#tokens);
  }

  get state(): DoorbellState {
    return this.#state;
  }

  /** Who is signed in; undefined too before restore() or connect() has read the token store. */
  get me(): Me | undefined {
    return this.#tokens.current?.user;
  }

  /** Returns the function that unsubscribes. */
  on<E extends keyof DoorbellEvents>(
    event: E,
    listener: (value: DoorbellEvents[E]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** Makes an account and signs in. */
  async register(account: RegisterBody): Promise<Me> {
    await this.#tokens.register(account);
    return (await this.#signedIn()).me;
  }

  /** With the username or the e-mail address. Ends the sign-in that was there before. */
  async login(username: string, password: string): Promise<Me> {
    await this.#tokens.login({ username, password });
    return (await this.#signedIn()).me;
  }

  /** Takes up the sign-in of the token store; undefined when there is none. */
  async restore(): Promise<Me | undefined> {
    await this.#tokens.load();
    return this.#tokens.current && (await this.#signedIn()).me;
  }

  /** Forgets the sign-in in any case; rejects when the server could not be told. */
  async logout(): Promise<void> {
    try {
      await this.api.logout();
    } finally {
      await this.#tokens.forget();
    }
  }

  /**
   * Opens the socket and catches up; resolves when everything is held. From then on, until close(), it
   * stays connected through every failure. Rejects only when there is no sign-in, or with close().
   */
  async connect(): Promise<void> {
    this.#isWanted = true;
    const session = await this.#signedIn();
    if (!this.#isWanted) throw closed();
    return session.connect();
  }

  /** Stops all traffic. What is held and pending stays, for the next connect(). */
  close(): void {
    this.#isWanted = false;
    this.#session?.close();
  }

  /** Latest activity first. */
  conversations(): Conversation[] {
    return this.#session?.replica.conversations() ?? [];
  }

  conversation(id: string): Conversation | undefined {
    return this.#session?.replica.conversation(id);
  }

  /** Opens or finds the direct conversation with this user; with oneself: notes. */
  async openDirect(username: string): Promise<Conversation> {
    const session = await this.#signedIn();
    return session.openDirect(username);
  }

  /** Those that are held: an unbroken run, ascending, that ends with the newest. */
  messages(conversationId: string): Message[] {
    return this.#session?.replica.range(conversationId)?.list() ?? [];
  }

  /** Whether there are messages before the held ones. */
  hasOlder(conversationId: string): boolean {
    return this.#session?.replica.range(conversationId)?.hasOlder ?? false;
  }

  /** For showing a conversation: the first time, fetches the last messages. Resolves with all that are held. */
  async loadLast(conversationId: string): Promise<Message[]> {
    const session = await this.#signedIn();
    return session.history.loadLast(conversationId);
  }

  /** One page back. Resolves with the messages of that page; none when there are no older ones. */
  async loadOlder(conversationId: string): Promise<Message[]> {
    const session = await this.#signedIn();
    return session.history.loadOlder(conversationId);
  }

  /**
   * Posts exactly once and in order, however long that takes: pending() lists it until the server has
   * answered. Rejects when the server refuses the message, or at sign-out. A program that may be
   * ended in between gives its own `key` and repeats the call with it.
   */
  async post(
    conversationId: string,
    body: string,
    { replyTo = null, key = this.#makeKey() }: { replyTo?: string | null; key?: string } = {},
  ): Promise<Message> {
    // Without awaiting when signed in: the next line of the caller finds it pending.
    const session = this.#session ?? (await this.#signedIn());
    return session.outbox.post({ conversationId, key, body, replyTo });
  }

  /** Posted here but not acknowledged yet, in order. */
  pending(conversationId: string): PendingPost[] {
    return this.#session?.outbox.pending(conversationId) ?? [];
  }

  async #signedIn(): Promise<Session> {
    await this.#tokens.load();
    const { current } = this.#tokens;
    if (!current) throw signedOut();
    this.#session ??= this.#begin(current.user);
    return this.#session;
  }

  #begin(me: Me): Session {
    if (this.#state === 'signedOut') this.#events.emit('state', 'offline');
    return new Session({
      me,
      api: this.api,
      tokens: this.#tokens,
      socketUrl: `${this.#options.url.replace(/^http/, 'ws')}/api/v1/socket`,
      WebSocket: this.#options.WebSocket ?? globalThis.WebSocket,
      gatherMilliseconds: this.#options.gatherMilliseconds ?? 20,
      emit: (event, value) => this.#events.emit(event, value),
    });
  }

  #end(): void {
    this.#session?.end(signedOut());
    this.#session = undefined;
    this.#events.emit('state', 'signedOut');
  }
}
