import { checksum } from '../notifications/checksum.ts';
import type { ServerFrame } from '../notifications/frames.ts';

interface SocketOptions {
  /** `ws:` or `wss:` address of the notification socket. */
  url: string;
  WebSocket: typeof globalThis.WebSocket;
  token: string;
  onFrame: (frame: ServerFrame) => void;
}

/** What browsers say of a connection that was lost or never opened. */
export const ABNORMAL_CLOSURE = 1006;

const MILLISECONDS_TO_OPEN = 10_000;
/** By which a heartbeat may be late. */
const GRACE = 3_000;

/** One notification socket, from opening to its end. */
export class Socket {
  /** The close code. A socket that ends never opens again. */
  readonly closed: Promise<number>;
  readonly #options: SocketOptions;
  readonly #socket: WebSocket;
  #resolveClosed: (code: number) => void = () => {};
  #silence: ReturnType<typeof setTimeout> | undefined;
  #patience = MILLISECONDS_TO_OPEN;
  #isEnded = false;
  /** Of the frames that came, as the server counts those that it sent; see HeartbeatFrame. */
  #sum = 0;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#socket = new options.WebSocket(options.url, ['doorbell.v1', `bearer.${options.token}`]);
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('close', ({ code }) => this.#end(code));
    // `close` follows; some implementations throw an error that nobody listens to.
    this.#socket.addEventListener('error', () => {});
    this.#listenForSilence();
  }

  /** Only once `ready` has come. The answer is not read. */
  command(command: string, fields: object): void {
    if (!this.#isEnded) this.#socket.send(JSON.stringify({ command, ref: command, ...fields }));
  }

  close(): void {
    this.#end(1000);
  }

  #receive(data: unknown): void {
    if (this.#isEnded) return;
    const text = String(data);
    const frame = parse(text);
    if (frame?.event === 'ready') this.#patience = frame.heartbeat * 1_000 + GRACE;
    this.#listenForSilence();
    if (frame?.event === 'heartbeat') this.#compare(frame.sum);
    else if (frame && frame.event !== 'ready') this.#sum = (this.#sum + checksum(text)) >>> 0;
    if (frame) this.#options.onFrame(frame);
  }

  /** Another sum: a frame was lost on the way, and only a sync tells which. */
  #compare(sum: number | undefined): void {
    if (sum === undefined || sum === this.#sum) return;
    this.#sum = sum;
    this.#options.onFrame({ event: 'resync' });
  }

  /** A connection that is cut half-open never closes by itself. */
  #listenForSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end(ABNORMAL_CLOSURE), this.#patience);
  }

  /** Does not wait for the other side: closing a dead connection takes as long as opening one. */
  #end(code: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#silence);
    this.#socket.close();
    this.#resolveClosed(code);
  }
}

/** Undefined for noise and for answers to commands. */
const parse = (text: string): ServerFrame | undefined => {
  try {
    const frame = JSON.parse(text);
    return typeof frame?.event === 'string' ? frame : undefined;
  } catch {
    return undefined;
  }
};
