import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { recordFrame } from './recorder.ts';

export interface SocketOptions {
  /** In place of `Authorization`: as a browser does it. */
  tokenAsSubprotocol?: boolean;
  headers?: Record<string, string>;
  protocols?: string[];
}

type Frame = Record<string, unknown>;

/** A socket that is open and `ready`. Rejects with `HTTP <status>` when it is refused. */
export async function openSocket(
  url: string,
  token: string,
  { tokenAsSubprotocol = false, headers = {}, protocols = ['doorbell.v1'] }: SocketOptions = {},
) {
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/api/v1/socket`,
    tokenAsSubprotocol ? [...protocols, `bearer.${token}`] : protocols,
    {
      headers: { ...(tokenAsSubprotocol ? {} : { authorization: `Bearer ${token}` }), ...headers },
    },
  );
  const test = observe(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`HTTP ${response.statusCode}`));
    });
    socket.once('error', reject);
    test.waitFor((frame) => frame['event'] === 'ready').then(() => resolve(), reject);
  });
  return test;
}

export type TestSocket = ReturnType<typeof observe>;

function observe(socket: WebSocket) {
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const closed = once(socket, 'close').then(([code]) => code as number);
  let connection: Socket | undefined;
  socket.once('upgrade', (response) => {
    connection = response.socket;
  });
  socket.on('error', () => {});
  socket.on('message', (data) => {
    recordFrame(data.toString());
    frames.push(JSON.parse(data.toString()));
    for (const check of waiting) check();
  });

  /** The first frame, from the beginning, that fits; rejects after `milliseconds`. */
  function waitFor(fits: (frame: Frame) => boolean, milliseconds = 5_000): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        waiting.delete(check);
        reject(new Error(`no such frame in ${milliseconds} ms: ${JSON.stringify(frames)}`));
      }, milliseconds);
      function check(): void {
        const found = frames.find(fits);
        if (!found) return;
        clearTimeout(timeout);
        waiting.delete(check);
        resolve(found);
      }
      waiting.add(check);
      check();
    });
  }

  return {
    socket,
    frames,
    /** Resolves to the close code. */
    closed,
    waitFor,
    waitForEvent: (event: string, id?: string, milliseconds?: number) =>
      waitFor(
        (frame) => frame['event'] === event && (id === undefined || frame['id'] === id),
        milliseconds,
      ),
    /** Sends a command and resolves to its answer. */
    async command(command: string, ref: string, input: object): Promise<Frame> {
      socket.send(JSON.stringify({ command, ref, ...input }));
      return waitFor((frame) => frame['ref'] === ref);
    },
    /** Bytes that are no frame. */
    writeRaw: (bytes: Buffer) => connection?.write(bytes),
    close: () => socket.terminate(),
  };
}
