import type { ServerFrame } from '../notifications/frames.ts';
import type { Api } from './api.ts';
import { Backoff } from './backoff.ts';
import { closed } from './errors.ts';
import type { DoorbellState } from './events.ts';
import { keepRenewed } from './keep-renewed.ts';
import { reconnectAfter } from './reconnect.ts';
import { ABNORMAL_CLOSURE, Socket } from './socket.ts';
import type { StoredTokens, Tokens } from './tokens.ts';

export interface ConnectionOptions {
  /** `ws:` or `wss:` address of the notification socket. */
  url: string;
  WebSocket: typeof globalThis.WebSocket;
  api: Api;
  tokens: Tokens;
  /** Resolves when everything that was missed is held; called whenever a socket is ready. */
  catchUp: () => Promise<void>;
  onFrame: (frame: ServerFrame) => void;
  onState: (state: DoorbellState) => void;
}

/** Keeps one notification socket open, from connect() to close(), however often it breaks. */
export class Connection {
  /** Resolves when everything is held for the first time; rejects when closed before. */
  readonly caughtUp: Promise<void>;
  readonly #options: ConnectionOptions;
  readonly #backoff = new Backoff();
  #resolveCaughtUp: () => void = () => {};
  #rejectCaughtUp: (error: unknown) => void = () => {};
  #socket: Socket | undefined;
  #stopRenewing = () => {};
  #isUpgradeRefused = false;
  #refusedToken: string | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.caughtUp = new Promise((resolve, reject) => {
      this.#resolveCaughtUp = resolve;
      this.#rejectCaughtUp = reject;
    });
    void this.#run();
  }

  close(reason: unknown = closed()): void {
    this.#isClosed = true;
    this.#backoff.stop();
    this.#socket?.close();
    this.#rejectCaughtUp(reason);
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      this.#options.onState('connecting');
      const { wait, needsToken } = reconnectAfter(await this.#attempt());
      ...
    }
  }
}
