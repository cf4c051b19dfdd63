import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Scope } from '../../support/databases.ts';

/** Passes bytes between clients and the server at `target`, until it is told to cut in the middle. */
export async function cuttingRelay(t: Scope, target: string) {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const relay = {
    url: '',
    /** Of what the server sends next on an open socket, one byte short of the whole passes, and then none. */
    cutNext: false,
    cuts: 0,
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let isSocket = false;
    client.on('data', (data) => {
      isSocket ||= data.includes('Upgrade: websocket') || data.includes('upgrade: websocket');
      upstream.write(data);
    });
    upstream.on('data', (data: Buffer) => {
      if (!relay.cutNext || !isSocket) return void client.write(data);
      relay.cutNext = false;
      relay.cuts += 1;
      client.end(data.subarray(0, -1), () => client.destroy());
    });
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
