import type { ServerFrame } from '../notifications/frames.ts';
import { FrameSum, parseFrame } from './frame-sum.ts';
import type { Line, OpenLine } from './line.ts';

interface SocketOptions {
  openLine: OpenLine;
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
  readonly #line: Line;
  readonly #sum = new FrameSum();
  #resolveClosed: (code: number) => void = () => {};
  #silence: ReturnType<typeof setTimeout> | undefined;
  #patience = MILLISECONDS_TO_OPEN;
  #isEnded = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#line = options.openLine(['doorbell.v1', `bearer.${options.token}`], {
      onText: (text) => this.#receive(text),
      onClosed: (code) => this.#end(code),
    });
    this.#listenForSilence();
  }

  /** Only once `ready` has come. The answer is not read. */
  command(command: string, fields: object): void {
    if (!this.#isEnded) this.#line.send(JSON.stringify({ command, ref: command, ...fields }));
  }

  close(): void {
    this.#end(1000);
  }

  #receive(text: string): void {
    if (this.#isEnded) return;
    const frame = parseFrame(text);
    if (frame?.event === 'ready') this.#patience = frame.heartbeat * 1_000 + GRACE;
    this.#listenForSilence();
    this.#sum.take(text, frame);
    // A frame was lost on the way, and only a sync tells which.
    if (frame?.event === 'heartbeat' && !this.#sum.agrees(frame.sum))
      this.#options.onFrame({ event: 'resync' });
    if (frame) this.#options.onFrame(frame);
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
    this.#line.close();
    this.#resolveClosed(code);
  }
}
