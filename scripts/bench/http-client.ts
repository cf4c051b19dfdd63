import { connect, type Socket } from 'node:net';

/** Milliseconds until a request without an answer counts as failed. */
const ANSWER_TIMEOUT = 5_000;
const NOTHING: Buffer = Buffer.alloc(0);

export interface Answer {
  status: number;
  body: string;
}

/**
 * Keep-alive HTTP/1.1 as one user's browser would use it: a connection serves one request after
 * the other, and another is opened when all are busy. Several times lighter than node:http, so
 * that on a small machine it is the server that is measured.
 */
export class HttpClient {
  readonly #port: number;
  readonly #idle: Connection[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** `text` is the whole request. Rejects when there is no answer in time. */
  async request(text: string): Promise<Answer> {
    const connection = this.#idleConnection() ?? new Connection(this.#port);
    const answer = await connection.exchange(text);
    this.#idle.push(connection);
    return answer;
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
  }

  #idleConnection(): Connection | undefined {
    const connection = this.#idle.pop();
    return connection?.isClosed() ? this.#idleConnection() : connection;
  }
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

class Connection {
  readonly #socket: Socket;
  #received = NOTHING;
  #waiting: Waiting | undefined;
  #error: Error | undefined;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.setTimeout(ANSWER_TIMEOUT);
    this.#socket.on('timeout', () => {
      if (this.#waiting) this.#socket.destroy(new Error('no answer within 5 s'));
    });
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
    this.#socket.on('close', () =>
      this.#waiting?.reject(this.#error ?? new Error('the connection ended instead of an answer')),
    );
  }

  isClosed(): boolean {
    return this.#socket.destroyed || !this.#socket.writable;
  }

  close(): void {
    this.#socket.destroy();
  }

  exchange(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(text);
    });
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#socket.destroy(new Error('an answer without Content-Length'));
      return;
    }
    const end = headEnd + 4 + Number(length);
    if (this.#received.length < end) return;
    // `HTTP/1.1 201 …`
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.#received.toString('utf8', headEnd + 4, end),
    };
    this.#received = NOTHING;
    this.#waiting?.resolve(answer);
    this.#waiting = undefined;
  }
}
