import cluster from 'node:cluster';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Listening sockets of the one port. Each accepts one connection a turn of the event loop, Node does no more; by a
 * single one, a busy server lets in, and can refuse, only as many a second as it has turns.
 */
const DOORS = 16;

interface Address {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Connections that may wait to be accepted. */
  backlog: number;
}

/**
 * Listens; where the system spreads connections over several sockets, by several, and at all addresses of
 * `localhost`. Rejects when the port is taken.
 */
export async function listen(app: FastifyInstance, address: Address): Promise<void> {
  // Workers are handed what their primary accepts.
  const reusePort = process.platform === 'linux' && !cluster.isWorker;
  if (reusePort && address.port !== 0) await requireFree(address);
  const doors: Server[] = [];
  let closing: Promise<unknown> | undefined;
  app.addHook('preClose', (done) => {
    closing = Promise.all(doors.map((door) => once(door.close(), 'close')));
    app.server.closeIdleConnections();
    done();
  });
  // Node counts a connection where it came in, and would not wait for those of other doors.
  app.addHook('onClose', async () => {
    await closing;
  });
  const shared = { ...address, reusePort };
  await app.listen(shared);
  const { address: first, port } = app.server.address() as AddressInfo;
  const openDoor = async (host: string): Promise<void> => {
    const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      app.server.emit('connection', socket),
    );
    await once(door.listen({ ...shared, host, port }), 'listening');
    doors.push(door);
  };
  for (let count = 1; reusePort && count < DOORS; count += 1) await openDoor(first);
  // Fastify does this only for servers that it makes itself. An address that is not to be had is done without.
  if (address.host !== 'localhost') return;
  const found = await lookup('localhost', { all: true });
  const others = found.filter((each) => each.address !== first);
  await Promise.allSettled(others.map((each) => openDoor(each.address)));
}

/** Sockets that share a port would share it with those of another server, too, and say nothing. */
async function requireFree({ host, port }: Address): Promise<void> {
  const alone = createServer();
  await once(alone.listen({ host, port }), 'listening');
  await once(alone.close(), 'close');
}
