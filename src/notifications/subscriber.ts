import type { Viewer } from '../core/authenticate.ts';
import { checksum } from './checksum.ts';
import { RESYNC, type ServerFrame } from './frames.ts';
import { type Connection, Outbox } from './outbox.ts';
import { pingFrame, textFrame } from './server-frame.ts';

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
export const MAX_UNDER_WAY = 32;
/** A ping behind so many frames or more, so that the answers of a reader who keeps up arrive in time. */
const PING_EVERY = 8;
/** Frames that wait here, where one takes a pointer and then some. Beyond it they are dropped and one resync is owed. */
export const MAX_WAITING = 100;
/** Bytes of answers that may wait for the reader. */
const MAX_BUFFERED = 65_536;
/** For the closing handshake, in milliseconds, before the connection is cut. */
const CLOSE_TIMEOUT = 2_000;

/** What of a WebSocket is needed here. */
interface Socket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number): void;
  terminate(): void;
  on(event: 'pong', listener: (data: Buffer) => void): unknown;
  removeAllListeners(event: 'message' | 'ping'): unknown;
}

interface Encoded {
  text: string;
  bytes: Buffer;
  /** See HeartbeatFrame. */
  sum: number;
}

/** Remembers what it encoded last: most frames go to several sockets, one after the other. */
function encoder(): (text: string) => Encoded {
  let known: Encoded | undefined;
  return (text) => {
    if (known?.text !== text) known = { text, bytes: textFrame(text), sum: checksum(text) };
    return known;
  };
}

const encode = encoder();
/** A crowd is told it between two copies of one frame. */
const encodeSpread = encoder();

/**
 * One open socket. What a slow reader costs is bounded in this process and in the kernel alike:
 * `bufferedAmount` stays 0 while the kernel swallows megabytes, so frames are counted until a pong
 * shows that they were read.
 */
export class Subscriber {
  viewer: Viewer;
  readonly #socket: Socket;
  /** Past the WebSocket, which would frame anew for each reader; what it sends itself goes behind a flush. */
  readonly #outbox: Outbox;
  #waiting: string[] = [];
  /** Of what was sent; see HeartbeatFrame. */
  #sum = 0;
  #sent = 0;
  /** What the last ping asked for. */
  #pinged = 0;
  #answered = 0;
  #owesResync = false;
  /** As it was told last. */
  #spread = 0;
  #live = false;
  #closed = false;
  #hasAnsweredHeartbeat = true;

  constructor(socket: Socket, connection: Connection, viewer: Viewer) {
    this.#socket = socket;
    this.#outbox = new Outbox(connection, () => this.#duePing());
    this.viewer = viewer;
    socket.on('pong', (data: Buffer) => this.#onPong(Number(data.toString())));
  }

  /** From here on frames go out; what was rung before is covered by the client's first sync. */
  ready(heartbeat: number): void {
    this.#live = true;
    this.#tell({ event: 'ready', heartbeat });
  }

  /** Returns how many frames were dropped; a resync is owed instead of them. With `spread` it is of a crowd. */
  ring(frame: string, spread = this.#spread): number {
    if (!this.#live) return 0;
    if (this.#owesResync) return 1;
    if (this.#isFull) return this.#wait(frame);
    if (spread !== this.#spread) this.#tellSpread(spread);
    this.#send(frame);
    return 0;
  }

  /** For what is stale in a moment: a reader who is behind does not get it and is owed nothing. Returns whether it went out. */
  whisper(frame: string): boolean {
    if (!this.#live || this.#owesResync || this.#isFull) return false;
    this.#send(frame);
    return true;
  }

  get #isFull(): boolean {
    const isBehind = this.#sent - this.#answered >= MAX_UNDER_WAY;
    // Who answers what it has not read is held by what waits in this process.
    return isBehind || this.#socket.bufferedAmount > MAX_BUFFERED;
  }

  #wait(frame: string): number {
    const waiting = this.#waiting.push(frame);
    if (waiting <= MAX_WAITING) return 0;
    // The resync makes up for all of them.
    this.#waiting = [];
    this.#owesResync = true;
    return waiting;
  }

  #send(frame: string): void {
    const { bytes, sum } = encode(frame);
    this.#outbox.push(bytes);
    this.#sum = (this.#sum + sum) >>> 0;
    this.#sent += 1;
  }

  #tell(frame: ServerFrame): void {
    this.#outbox.push(textFrame(JSON.stringify(frame)));
  }

  resync(): void {
    this.ring(RESYNC);
  }

  /** Who sends commands and does not read the answers is closed before they pile up. */
  answer(text: string): void {
    if (this.#socket.bufferedAmount > MAX_BUFFERED) this.close(CLOSE.tooFast);
    else {
      this.#outbox.flush();
      this.#socket.send(text);
    }
  }

  /** False when the one before was never answered. */
  heartbeat(): boolean {
    if (!this.#hasAnsweredHeartbeat || this.#socket.bufferedAmount > MAX_BUFFERED) return false;
    this.#hasAnsweredHeartbeat = false;
    if (this.#live && !this.#isFull) this.#tell(this.#heartbeatFrame());
    this.#outbox.push(this.#ping());
    return true;
  }

  /** By this side. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Nothing more is read or written but the closing handshake. */
  close(code: number): void {
    this.#live = false;
    this.#closed = true;
    this.#waiting = [];
    this.#socket.removeAllListeners('message');
    this.#socket.removeAllListeners('ping');
    this.#outbox.flush();
    this.#socket.close(code);
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT).unref();
  }

  #tellSpread(spread: number): void {
    this.#spread = spread;
    const frame = JSON.stringify({ event: 'heartbeat', spread } satisfies ServerFrame);
    this.#outbox.push(encodeSpread(frame).bytes);
  }

  #heartbeatFrame(): ServerFrame {
    const sum = this.#sum === 0 ? {} : { sum: this.#sum };
    return { event: 'heartbeat', ...sum };
  }

  #duePing(): Buffer | undefined {
    return this.#sent - this.#pinged < PING_EVERY ? undefined : this.#ping();
  }

  #ping(): Buffer {
    this.#pinged = this.#sent;
    return pingFrame(String(this.#sent));
  }

  /** RFC 6455 has a pong carry its ping's data: here, how many frames had been sent by then. */
  #onPong(sent: number): void {
    this.#hasAnsweredHeartbeat = true;
    if (sent > this.#answered && sent <= this.#sent) this.#answered = sent;
    if (this.#owesResync) this.#waiting.push(RESYNC);
    this.#owesResync = false;
    while (this.#live && !this.#isFull) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#send(frame);
    }
  }
}
