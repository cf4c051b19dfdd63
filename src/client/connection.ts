import type { ServerFrame } from '../notifications/frames.ts';
import type { Api } from './api.ts';
import { Backoff } from './backoff.ts';
import type { DoorbellState } from './events.ts';
import { keepRenewed } from './keep-renewed.ts';
import type { OpenLine } from './line.ts';
import { reconnectAfter } from './reconnect.ts';
import { ABNORMAL_CLOSURE, Socket } from './socket.ts';
import type { StoredTokens } from './stored-tokens.ts';
import type { Tokens } from './tokens.ts';

export interface ConnectionOptions {
  openLine: OpenLine;
  api: Api;
  tokens: Tokens;
  /** Called when a socket is ready. Resolves when everything that was missed is held. */
  onReady: () => Promise<void>;
  onFrame: (frame: ServerFrame) => void;
  onState: (state: DoorbellState) => void;
}

/** Of so many upgrades that fail in a row, one is looked into. */
const DOUBTFUL = 3;

/** Keeps one notification socket open until close(), however often it breaks. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff = new Backoff();
  #socket: Socket | undefined;
  /** The socket once it takes commands. */
  #ready: Socket | undefined;
  #refusedToken: string | undefined;
  /** Upgrades that failed since a socket was ready. */
  #failedUpgrades = 0;
  /** As the last socket was told; after a first attempt it is the backoff that spreads. */
  #spread = 0;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#backoff.stop();
    this.#socket?.close();
  }

  /** There is a reason to think that the server can be reached again. */
  hurry(): void {
    this.#backoff.hurry();
  }

  /** Returns false, and does nothing, while no socket is ready. Whether it arrives is not known. */
  command(command: string, fields: object): boolean {
    this.#ready?.command(command, fields);
    return this.#ready !== undefined;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      this.#options.onState('connecting');
      const { tokens, code } = await this.#attempt();
      if (this.#isClosed) return;
      this.#options.onState('offline');
      const { wait, needsToken } = reconnectAfter(code, this.#spread);
      this.#spread = 0;
      if (needsToken) this.#refusedToken = tokens?.accessToken;
      await (wait === undefined ? this.#backoff.wait() : this.#backoff.pause(wait));
    }
  }

  /** Resolves when the socket is over, or could not be opened. */
  async #attempt(): Promise<{ tokens?: StoredTokens; code: number }> {
    try {
      const tokens = await this.#usableTokens();
      return { tokens, code: this.#isClosed ? ABNORMAL_CLOSURE : await this.#use(tokens) };
    } catch {
      // Unreachable; or signed out, which has closed this connection.
      return { code: ABNORMAL_CLOSURE };
    }
  }

  async #usableTokens(): Promise<StoredTokens> {
    const { tokens } = this.#options;
    const usable = await (this.#refusedToken ? tokens.other(this.#refusedToken) : tokens.access());
    this.#refusedToken = undefined;
    return usable;
  }

  async #use(tokens: StoredTokens): Promise<number> {
    let stopRenewing = (): void => {};
    this.#failedUpgrades += 1;
    const socket = new Socket({
      openLine: this.#options.openLine,
      token: tokens.accessToken,
      onFrame: (frame) => {
        if (frame.event === 'heartbeat') this.#spread = frame.spread ?? this.#spread;
        if (frame.event !== 'ready') return this.#options.onFrame(frame);
        this.#failedUpgrades = 0;
        this.#ready = socket;
        stopRenewing = this.#keepRenewed(tokens, socket);
        this.#goLive(socket);
      },
    });
    this.#socket = socket;
    const code = await socket.closed;
    this.#socket = undefined;
    this.#ready = undefined;
    stopRenewing();
    await this.#lookInto(this.#failedUpgrades);
    return code;
  }

  /**
   * Whoever opens a socket is not told why it was refused. A GET is, and it renews the token. Right after a failure it
   * reaches no server that was away, so that a crowd does not ask twice each when one returns.
   */
  async #lookInto(failures: number): Promise<void> {
    if (this.#isClosed || failures === 0 || failures % DOUBTFUL > 0) return;
    await this.#options.api.getMe().catch(() => {});
  }

  #keepRenewed(known: StoredTokens, socket: Socket): () => void {
    return keepRenewed(this.#options.tokens, known, (token) =>
      socket.command('token.renew', { token }),
    );
  }

  #goLive(socket: Socket): void {
    const live = (): void => {
      if (socket !== this.#socket || this.#isClosed) return;
      this.#backoff.reset();
      this.#options.onState('live');
    };
    // It rejects only when it is stopped, and then so is this connection.
    void this.#options.onReady().then(live, () => {});
  }
}
