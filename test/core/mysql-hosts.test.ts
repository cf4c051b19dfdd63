import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Test, test } from 'tap';
import { freePort } from '../../scripts/support/free-port.ts';
import { emptyStore } from '../support/databases.ts';
import { startServer } from '../support/process.ts';

/** The port of a host that takes connections and never says a word. */
async function silentPort(t: Test): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

test('hosts that refuse or are silent are passed over, and cost no later request a wait', async (t) => {
  const { DATABASE_URL = '', ...env } = await emptyStore(t, 'mysql');
  const away = `127.0.0.1:${await freePort()},127.0.0.1:${await silentPort(t)}`;
  const server = await startServer(t, {
    ...env,
    DATABASE_URL: DATABASE_URL.replace('@', `@${away},`),
    DATABASE_TIMEOUT_MS: '3000',
  });
  const ana = await server.signUp('ana');
  const id = await ana.open('ana');
  // Longer than a host that is down is left alone, so that it is probed meanwhile.
  const end = Date.now() + 4_000;
  let slowest = 0;
  while (Date.now() < end) {
    const started = Date.now();
    t.equal((await ana.postMessage(id, 'to whoever is there')).status, 201);
    slowest = Math.max(slowest, Date.now() - started);
  }
  t.ok(slowest < 900, `${slowest} ms, where a silent host is waited for 1,000 ms`);
});
