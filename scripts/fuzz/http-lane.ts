import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, AnswerReader } from './answer-reader.ts';
import type { FuzzRequest } from './request.ts';

/** Milliseconds without an answer after which there will be none. */
const PATIENCE = 10_000;
const SILENCE = 'nothing in ten seconds';

export interface Exchange {
  answers: Answer[];
  /** Milliseconds until the last byte came, or patience was at an end. */
  took: number;
  /** Set when the connection broke, or nothing came. */
  error: string | undefined;
  /** Whether the server kept a connection open that was to end. */
  staysOpen: boolean;
}

/**
 * Requests one after another over one connection, byte for byte as they are: what a client library would refuse to
 * send is what it is for.
 */
export class HttpLane {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  async exchange(request: FuzzRequest): Promise<Exchange> {
    const socket = request.isAlone ? this.#connect() : this.#kept();
    const reader = new AnswerReader(request.method);
    const startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    let lastByteAt: number | undefined;
    const onData = (chunk: Buffer) => {
      lastByteAt = performance.now();
      reader.receive(chunk);
      if (!request.isAlone && reader.answers.length > 0) resolve(undefined);
    };
    const onEnd = () => {
      reader.end();
      resolve(reader.answers.length > 0 ? undefined : 'the connection ended without an answer');
    };
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
    const onError = (error: Error) => resolve(error.message);
    socket.on('error', onError);
    const patience = setTimeout(resolve, PATIENCE, SILENCE);
    void send(socket, request);
    const error = await promise;
    clearTimeout(patience);
    const took = (lastByteAt ?? performance.now()) - startedAt;
    socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
    const mustEnd = request.isAlone || error !== undefined || reader.isLast;
    if (mustEnd) this.#forget(socket);
    // An answer that came all the same counts: who is refused in the middle of a body may be cut off.
    const hasAnswer = reader.answers.length > 0;
    const staysOpen = hasAnswer && error === SILENCE;
    return { answers: reader.answers, took, error: hasAnswer ? undefined : error, staysOpen };
  }

  close(): void {
    this.#socket?.destroy();
  }

  #kept(): Socket {
    if (!this.#socket || this.#socket.destroyed || this.#socket.readableEnded)
      this.#socket = this.#connect();
    return this.#socket;
  }

  #connect(): Socket {
    const socket = connect({
      host: this.#host,
      port: this.#port,
      noDelay: true,
      allowHalfOpen: true,
    });
    return socket.on('error', () => {});
  }

  #forget(socket: Socket): void {
    socket.destroy();
    if (socket === this.#socket) this.#socket = undefined;
  }
}

/** The request as bytes. */
export function bytesOf({ method, target, headers, body, isAlone }: FuzzRequest): Buffer {
  const has = (name: string) => headers.some(([other]) => other.toLowerCase() === name);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(isAlone && !has('connection') ? ['connection: close'] : []),
    ...(body && !has('content-length') ? [`content-length: ${body.length}`] : []),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return body ? Buffer.concat([head, body]) : head;
}

async function send(socket: Socket, request: FuzzRequest): Promise<void> {
  const bytes = bytesOf(request);
  const cut = Math.max(1, bytes.length - 1 - Math.floor(bytes.length / 3));
  switch (request.delivery) {
    case 'whole':
      socket.write(bytes);
      break;
    case 'trickled':
      for (let at = 0; at < 40; at += 1) {
        socket.write(bytes.subarray(at, at + 1));
        await sleep(2);
      }
      socket.write(bytes.subarray(40));
      break;
    case 'truncated':
      socket.end(bytes.subarray(0, cut));
      break;
    case 'stalled':
      socket.write(bytes.subarray(0, cut));
  }
}
