import type { Me, RegisterBody } from '../users/schemas.ts';
import { AccountApi } from './account-api.ts';
import { AdminApi } from './admin-api.ts';
import { Api } from './api.ts';
import { Caller } from './caller.ts';
import { Emitter } from './emitter.ts';
import { closed, signedOut } from './errors.ts';
import type { DoorbellEvents, DoorbellState } from './events.ts';
import { Http } from './http.ts';
import { openKept } from './keeper.ts';
import type { Kept } from './kept-store.ts';
import { type OpenLine, webSocketLine } from './line.ts';
import type { DoorbellOptions } from './options.ts';
import { PushApi } from './push-api.ts';
import { Session } from './session.ts';
import { sharedLine } from './shared-line.ts';
import { cookieSignIns, storeSignIns } from './sign-ins.ts';
import { memoryTokenStore } from './stored-tokens.ts';
import { Tokens } from './tokens.ts';

/** Who is signed in on this device, and the session of that sign-in. */
export class Account {
  readonly api: Api;
  readonly accountApi: AccountApi;
  readonly adminApi: AdminApi;
  readonly pushApi: PushApi;
  readonly events: Emitter<DoorbellEvents>;
  readonly #options: DoorbellOptions;
  readonly #tokens: Tokens;
  #current: Session | undefined;
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
      ...(options.session === 'cookie' ? { credentials: 'include' } : {}),
    });
    this.#options = options;
    this.events = new Emitter(report);
    this.events.on('state', (state) => {
      this.#state = state;
    });
    const signIns =
      options.session === 'cookie'
        ? cookieSignIns(http, async () => options.store?.owner())
        : storeSignIns(http, options.tokens ?? memoryTokenStore());
    this.#tokens = new Tokens(signIns, new Emitter(report));
    this.#tokens.events.on('ended', () => this.#end());
    this.#tokens.events.on('renewed', ({ user }) => this.events.emit('me', user));
    this.events.on('user', (username) => {
      if (username === this.me?.username) void this.#lookAtMe();
    });
    const caller = new Caller(http, this.#tokens);
    this.api = new Api(caller);
    this.accountApi = new AccountApi(caller, (me) => this.#learn(me));
    this.adminApi = new AdminApi(caller);
    this.pushApi = new PushApi(caller);
  }

  get state(): DoorbellState {
    return this.#state;
  }

  get me(): Me | undefined {
    return this.#tokens.current?.user;
  }

  /** Undefined while nobody is signed in, or nobody has asked for it yet. */
  get current(): Session | undefined {
    return this.#current;
  }

  /** Throws `signed_out`. */
  async session(): Promise<Session> {
    await this.#tokens.load();
    const { current } = this.#tokens;
    if (!current) throw signedOut();
    if (this.#current) return this.#current;
    const { user } = current;
    const kept = await openKept(this.#options.store, user);
    // Meanwhile somebody may have signed out, and somebody else in.
    if (this.me?.username !== user.username) throw signedOut();
    this.#current ??= this.#begin(user.username, kept);
    return this.#current;
  }

  async register(account: RegisterBody): Promise<Me> {
    await this.#tokens.register(account);
    return this.#enter();
  }

  async login(username: string, password: string): Promise<Me> {
    await this.#tokens.login({ username, password });
    return this.#enter();
  }

  async restore(): Promise<Me | undefined> {
    await this.#tokens.load();
    if (this.me) return this.#enter();
    await this.#options.store?.clear().catch(() => {});
    return undefined;
  }

  async logout(): Promise<void> {
    try {
      await this.api.logout();
    } catch (error) {
      // It is not this client that could forget the cookie.
      if (this.#options.session === 'cookie' && this.#tokens.current) throw error;
      await this.#tokens.forget();
      throw error;
    }
    await this.#tokens.forget();
  }

  async logoutAll(): Promise<void> {
    await this.api.logoutAll();
    await this.#tokens.forget();
  }

  async deleteAccount(): Promise<void> {
    await this.api.deleteAccount();
    await this.#tokens.forget();
  }

  async connect(): Promise<void> {
    this.#isWanted = true;
    const session = await this.session();
    if (!this.#isWanted) throw closed();
    return session.connect();
  }

  close(): void {
    this.#isWanted = false;
    this.#current?.close();
  }

  async #enter(): Promise<Me> {
    await this.session();
    if (!this.me) throw signedOut();
    return this.me;
  }

  #learn(me: Me): void {
    if (this.#tokens.learn(me)) this.events.emit('me', me);
  }

  async #lookAtMe(): Promise<void> {
    try {
      this.#learn(await this.api.getMe());
    } catch {
      // It shows with the next renewal or change.
    }
  }

  #begin(username: string, kept: Kept): Session {
    if (this.#state === 'signedOut') this.events.emit('state', 'offline');
    return new Session({
      username,
      kept,
      store: this.#options.store,
      api: this.api,
      tokens: this.#tokens,
      openLine: this.#lineOf(username),
      gatherMilliseconds: this.#options.gatherMilliseconds ?? 20,
      emit: (event, value) => this.events.emit(event, value),
    });
  }

  #lineOf(username: string): OpenLine {
    const { url, WebSocket = globalThis.WebSocket, shareSocket } = this.#options;
    const socketUrl = `${url.replace(/^http/, 'ws')}/api/v1/socket`;
    const line = webSocketLine(socketUrl, WebSocket);
    return shareSocket ? sharedLine(`${socketUrl} of ${username}`, line) : line;
  }

  #end(): void {
    this.#current?.end(signedOut());
    this.#current = undefined;
    this.events.emit('state', 'signedOut');
  }
}
