import type { WebSocket } from 'ws';
import type { Viewer } from '../core/authenticate.ts';
import { checksum } from './checksum.ts';
import { RESYNC, type ServerFrame } from './frames.ts';

/** Close codes of the protocol; clients act on them. */
export const CLOSE = {
  restarting: 1012,
  tokenEnded: 4401,
  accessRevoked: 4403,
  noHeartbeatAnswer: 4408,
  tooManySockets: 4409,
  frameTooLarge: 4413,
  tooFast: 4429,
} as const;

/** Frames under way to one reader: in the kernel each takes more than a kilobyte, however short it is. */
const MAX_UNDER_WAY = 32;
/** A ping every so many frames, so that the answers of a reader who keeps up arrive in time. */
const PING_EVERY = 8;
/** Frames that wait here, where one takes a pointer. Beyond it they are dropped and one resync is owed. */
const MAX_WAITING = 256;
/** Beyond which a reader who answers nothing has missed something. */
export const MAX_UNANSWERED = MAX_UNDER_WAY + MAX_WAITING;
/** Bytes of answers that may wait for the reader. */
const MAX_BUFFERED = 65_536;
/** For the closing handshake, in milliseconds, before the connection is cut. */
const CLOSE_TIMEOUT = 2_000;

/**
 * One open socket. What a slow reader costs is bounded in this process and in the kernel alike:
 * `bufferedAmount` stays 0 while the kernel swallows megabytes, so frames are counted until a pong
 * shows that they were read.
 */
export class Subscriber {
  viewer: Viewer;
  readonly #socket: WebSocket;
  #waiting: string[] = [];
  /** Of what was sent; see HeartbeatFrame. */
  #sum = 0;
  #sent = 0;
  #answered = 0;
  #owesResync = false;
  #live = false;
  #hasAnsweredHeartbeat = true;

  constructor(socket: WebSocket, viewer: Viewer) {
    this.#socket = socket;
    this.viewer = viewer;
    socket.on('pong', (data: Buffer) => this.#onPong(Number(data.toString())));
  }

  /** From here on frames go out; what was rung before is covered by the client's first sync. */
  ready(heartbeat: number): void {
    this.#live = true;
    this.#socket.send(JSON.stringify({ event: 'ready', heartbeat } satisfies ServerFrame));
  }

  /** False when the frame was dropped, and a resync is owed instead. */
  ring(frame: string): boolean {
    if (!this.#live) return true;
    if (!this.#isFull) this.#send(frame);
    else if (!this.#owesResync) this.#wait(frame);
    return !this.#owesResync;
  }

  get #isFull(): boolean {
    return this.#sent - this.#answered >= MAX_UNDER_WAY;
  }

  #wait(frame: string): void {
    this.#waiting.push(frame);
    if (this.#waiting.length <= MAX_WAITING) return;
    // The resync makes up for all of them.
    this.#waiting = [];
    this.#owesResync = true;
  }

  #send(frame: string): void {
    this.#socket.send(frame);
    this.#sum = (this.#sum + checksum(frame)) >>> 0;
    this.#sent += 1;
    if (this.#sent % PING_EVERY === 0) this.#ping();
  }

  resync(): void {
    this.ring(RESYNC);
  }

  /** Who sends commands and does not read the answers is closed before they pile up. */
  answer(text: string): void {
    if (this.#socket.bufferedAmount > MAX_BUFFERED) this.close(CLOSE.tooFast);
    else this.#socket.send(text);
  }

  /** False when the one before was never answered. */
  heartbeat(): boolean {
    if (!this.#hasAnsweredHeartbeat) return false;
    this.#hasAnsweredHeartbeat = false;
    if (this.#live && !this.#isFull) this.#socket.send(this.#heartbeatFrame());
    this.#ping();
    return true;
  }

  /** Nothing more is read or written but the closing handshake. */
  close(code: number): void {
    this.#live = false;
    this.#waiting = [];
    this.#socket.removeAllListeners('message');
    this.#socket.removeAllListeners('ping');
    this.#socket.close(code);
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT).unref();
  }

  #heartbeatFrame(): string {
    const sum = this.#sum === 0 ? {} : { sum: this.#sum };
    return JSON.stringify({ event: 'heartbeat', ...sum } satisfies ServerFrame);
  }

  #ping(): void {
    this.#socket.ping(String(this.#sent));
  }

  /** RFC 6455 has a pong carry its ping's data: here, how many frames had been sent by then. */
  #onPong(sent: number): void {
    this.#hasAnsweredHeartbeat = true;
    if (sent > this.#answered && sent <= this.#sent) this.#answered = sent;
    if (this.#owesResync) this.#waiting.push(RESYNC);
    this.#owesResync = false;
    const sendable = this.#live ? MAX_UNDER_WAY - (this.#sent - this.#answered) : 0;
    for (const frame of this.#waiting.splice(0, sendable)) this.#send(frame);
  }
}
