import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../../support/databases.ts';

/** Bytes as Latin-1. undefined ends the connection in place of an answer. */
export type Alter = (answer: string, request: string) => string | undefined;

interface Relay {
  url: string;
  /** What of the server's bytes comes to the client. */
  alter: Alter;
  /** So many of the next answers to the fuzzer are late. */
  slow: number;
  /** All that clients have said. */
  said: string;
}

/** Stands between clients and a server at `target`, byte for byte but for what `alter` makes of it. */
export async function alteringRelay(t: Scope, target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const relay: Relay = { url: '', alter: (answer) => answer, slow: 0, said: '' };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      open.add(socket.on('error', () => {}));
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let request = '';
    client.on('data', (data) => {
      const text = data.toString('latin1');
      if (/^[A-Z]+ \S+ HTTP/.test(text)) request = text;
      relay.said += text;
      upstream.write(data);
    });
    client.on('end', () => upstream.end());
    upstream.on('data', async (data: Buffer) => {
      if (relay.slow > 0 && !/user-agent/i.test(request)) {
        relay.slow -= 1;
        await sleep(2_200);
      }
      const altered = relay.alter(data.toString('latin1'), request);
      if (altered === undefined) client.destroy();
      else client.write(Buffer.from(altered, 'latin1'));
    });
    upstream.on('end', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  relay.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return relay;
}
