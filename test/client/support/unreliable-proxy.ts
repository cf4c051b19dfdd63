import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Scope } from '../../support/databases.ts';
import { recordFrame } from '../../support/recorder.ts';
import type { Random } from './random.ts';

/** How much goes wrong, in percent. */
export interface Faults {
  /** Requests that never reach the server. */
  lostRequests: number;
  /** Requests that the server handles, but whose answer is lost. */
  lostAnswers: number;
  /** Frames, of those that the server sends after `ready`. */
  lostFrames: number;
  repeatedFrames: number;
  /** Milliseconds by which a frame is late, at most; so frames overtake each other. */
  delay: number;
  /** Milliseconds by which an answer is late, at most; so it tells what is no longer so. */
  answerDelay: number;
}

export const NO_FAULTS: Faults = {
  lostRequests: 0,
  lostAnswers: 0,
  lostFrames: 0,
  repeatedFrames: 0,
  delay: 0,
  answerDelay: 0,
};

/** Stands between clients and a server at `target`, and treats them as a bad network does. */
export async function unreliableProxy(t: Scope, target: string, chance: Random) {
  const proxy = {
    url: '',
    faults: NO_FAULTS,
    /** Nothing passes, though every connection stays open. */
    isSilent: false,
    /** To all clients, as if the server had sent it. */
    say(text: string): void {
      for (const socket of downstreams) socket.send(text);
    },
    cutSockets(): void {
      for (const socket of downstreams) socket.terminate();
    },
  };
  const downstreams = new Set<WebSocket>();
  const acceptor = new WebSocketServer({ noServer: true });
  const server = createServer((incoming, answer) => forward(incoming, answer));
  server.on('upgrade', (incoming, socket, head) => upgrade(incoming, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    proxy.cutSockets();
    server.close();
    server.closeAllConnections();
  });

  function forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method, headers, url = '' } = incoming;
    if (chance.percent(proxy.faults.lostRequests)) return void answer.destroy();
    const isAnswerLost = chance.percent(proxy.faults.lostAnswers);
    const outgoing = request(target + url, { method, headers, agent: false }, (response) => {
      if (isAnswerLost) return void answer.destroy();
      setTimeout(
        () => {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
        },
        chance.below(proxy.faults.answerDelay + 1),
      );
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  }

  function upgrade(incoming: IncomingMessage, connection: Duplex, head: Buffer): void {
    const protocols = (incoming.headers['sec-websocket-protocol'] ?? '').split(/, */);
    const upstream = new WebSocket(target.replace('http', 'ws') + incoming.url, protocols);
    upstream.on('error', () => connection.destroy());
    upstream.once('open', () => {
      acceptor.handleUpgrade(incoming, connection, head, (downstream) =>
        join(upstream, downstream),
      );
    });
  }

  function join(upstream: WebSocket, downstream: WebSocket): void {
    downstreams.add(downstream);
    upstream.on('message', (data) => pass(data.toString(), downstream));
    downstream.on('message', (data) => upstream.send(data.toString()));
    upstream.on('close', (code) =>
      code < 3_000 && code !== 1012 ? downstream.terminate() : downstream.close(code),
    );
    downstream.on('close', () => {
      downstreams.delete(downstream);
      upstream.terminate();
    });
  }

  function pass(frame: string, downstream: WebSocket): void {
    recordFrame(frame);
    if (proxy.isSilent) return;
    if (frame.includes('ready')) return void downstream.send(frame);
    const { lostFrames, repeatedFrames, delay } = proxy.faults;
    if (chance.percent(lostFrames)) return;
    for (let copies = chance.percent(repeatedFrames) ? 2 : 1; copies > 0; copies -= 1) {
      setTimeout(() => downstream.send(frame), chance.below(delay + 1));
    }
  }

  return proxy;
}
