import cluster from 'node:cluster';
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

/** Listens; where the system spreads connections over several sockets, by several. Rejects when the port is taken. */
export async function listen(app: FastifyInstance, address: Address): Promise<void> {
  // Workers are handed what their primary accepts.
  if (process.platform !== 'linux' || cluster.isWorker) {
    await app.listen(address);
    return;
  }
  if (address.port !== 0) await requireFree(address);
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
  const shared = { ...address, reusePort: true };
  await app.listen(shared);
  shared.port = (app.server.address() as AddressInfo).port;
  for (let count = 1; count < DOORS; count += 1) {
    const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      app.server.emit('connection', socket),
    );
    doors.push(door);
    await once(door.listen(shared), 'listening');
  }
}

/** Sockets that share a port would share it with those of another server, too, and say nothing. */
async function requireFree({ host, port }: Address): Promise<void> {
  const alone = createServer();
  await once(alone.listen({ host, port }), 'listening');
  await once(alone.close(), 'close');
}
