import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { FuzzFrame } from './frame.ts';

/** Milliseconds without an answer after which there will be none. */
const PATIENCE = 10_000;

export interface Reply {
  /** Of the frame, one for a sound server. */
  answers: string[];
  /** What came by itself meanwhile. */
  events: string[];
  closedBy: number | undefined;
  took: number;
}

/** One socket of an actor; a frame goes out when the one before was answered. */
export class SocketLane {
  readonly #socket: WebSocket;
  #received: string[] = [];
  #closedBy: number | undefined;
  #onChange = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#received.push(data.toString());
      this.#onChange();
    });
    socket.on('close', (code) => {
      this.#closedBy = code;
      this.#onChange();
    });
  }

  /** Rejects when the server refuses. */
  static async open(url: string, accessToken: string): Promise<SocketLane> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/socket`, ['doorbell.v1'], {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    socket.on('error', () => {});
    const lane = new SocketLane(socket);
    const { promise: refused, reject } = Promise.withResolvers<never>();
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      reject(new Error(`the socket was refused: ${statusCode}`));
    });
    socket.once('error', reject);
    await Promise.race([once(socket, 'open'), refused]);
    return lane;
  }

  get isOpen(): boolean {
    return this.#closedBy === undefined && this.#socket.readyState === WebSocket.OPEN;
  }

  async send(frame: FuzzFrame): Promise<Reply> {
    const startedAt = performance.now();
    this.#sendPieces(frame);
    await this.#settled();
    const took = performance.now() - startedAt;
    const received = this.#received;
    this.#received = [];
    return {
      answers: received.filter((text) => !isEvent(text)),
      events: received.filter(isEvent),
      closedBy: this.#closedBy,
      took,
    };
  }

  close(): void {
    this.#socket.terminate();
  }

  #sendPieces({ data, isBinary, pieces }: FuzzFrame): void {
    const size = Math.max(1, Math.ceil(data.length / pieces));
    for (let at = 0; at === 0 || at < data.length; at += size) {
      this.#socket.send(data.subarray(at, at + size), {
        binary: isBinary,
        fin: at + size >= data.length,
      });
    }
  }

  /** Until there is an answer, the socket is closed, or patience is at an end. */
  async #settled(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const patience = setTimeout(resolve, PATIENCE);
    this.#onChange = () => {
      if (this.#closedBy !== undefined || this.#received.some((text) => !isEvent(text))) resolve();
    };
    this.#onChange();
    await promise;
    clearTimeout(patience);
    this.#onChange = () => {};
  }
}

const isEvent = (text: string): boolean => text.startsWith('{"event":');
