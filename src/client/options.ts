import type { KeptStore } from './kept-store.ts';
import type { TokenStore } from './stored-tokens.ts';

export interface DoorbellOptions {
  /** Of the server, without a path: `https://chat.example`. */
  url: string;
  /** Default: in memory, so that a restart signs out. */
  tokens?: TokenStore;
  /**
   * `cookie`, for pages: the server keeps the sign-in in a cookie that no script can read, in place of `tokens`, and it
   * is that of all tabs of the browser.
   */
  session?: 'cookie';
  /**
   * Keeps the conversations, the last hundred messages of each, and what is pending, for the next run: in
   * pages `indexedDbStore` of `indexed-db-store.ts`. Forgotten at sign-out. Default: nothing is kept.
   */
  store?: KeptStore;
  fetch?: typeof globalThis.fetch;
  WebSocket?: typeof globalThis.WebSocket;
  /** For pages: all of this browser that are signed in as one user have one socket together. */
  shareSocket?: boolean;
  /** 1 to 64 visible ASCII characters, never the same twice. Default: random. */
  makeKey?: () => string;
  /** Announced messages are gathered for so long into one call. Default: 20. */
  gatherMilliseconds?: number;
  /** For one request. Default: 15,000. */
  timeoutMilliseconds?: number;
  /** A listener threw. Default: console.error. */
  onListenerError?: (error: unknown) => void;
}
