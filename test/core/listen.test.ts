import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Fastify, { type FastifyInstance } from 'fastify';
import { test } from 'tap';
import { listen } from '../../src/core/listen.ts';
import { until } from '../support/until.ts';

const ANYWHERE = { host: '127.0.0.1', port: 0, backlog: 1_000 };
const portOf = (app: FastifyInstance) => (app.server.address() as AddressInfo).port;

test('a crowd gets in while the server is busy', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await listen(app, ANYWHERE);
  let came = 0;
  app.server.on('connection', () => {
    came += 1;
  });
  const crowd = new Worker(
    `const { connect } = require('node:net');
     const sockets = Array.from({ length: 300 }, () => connect(${portOf(app)}, '127.0.0.1'));
     require('node:worker_threads').parentPort.on('message', () => process.exit());`,
    { eval: true },
  );
  await until(() => came > 0);
  let turns = 0;
  for (; came < 300; turns += 1) {
    const end = performance.now() + 10;
    while (performance.now() < end);
    await setImmediate();
  }
  crowd.postMessage('end');
  t.ok(turns < 150, `300 came in ${turns} turns, of which each lets in one by one door`);
});

test('a port that is taken stays its owner’s', async (t) => {
  const [owner, other] = [Fastify(), Fastify()];
  t.teardown(() => Promise.all([owner.close(), other.close()]));
  await listen(owner, ANYWHERE);
  const rejected = listen(other, { ...ANYWHERE, port: portOf(owner) });
  await t.rejects(rejected, { code: 'EADDRINUSE' });
});

test('closing waits for the answers of all doors', async (t) => {
  const app = Fastify({ forceCloseConnections: 'idle', return503OnClosing: false });
  let begun = 0;
  app.get('/', async () => {
    begun += 1;
    await sleep(500 + 10 * begun);
    return 'done';
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('connection', 'close');
  });
  let answered = 0;
  app.addHook('onResponse', async () => {
    answered += 1;
  });
  await listen(app, ANYWHERE);
  const port = portOf(app);
  const answers = Array.from({ length: 50 }, async () =>
    (await fetch(`http://127.0.0.1:${port}/`)).text(),
  );
  await until(() => begun === 50);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  await app.close();
  t.equal(answered, 50);
  t.same(new Set(await Promise.all(answers)), new Set(['done']));
  socket.destroy();
});

test('localhost is all of its addresses', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  app.get('/', () => 'here');
  await listen(app, { ...ANYWHERE, host: 'localhost' });
  for (const { address, family } of await lookup('localhost', { all: true })) {
    const host = family === 6 ? `[${address}]` : address;
    const answer = await fetch(`http://${host}:${portOf(app)}/`);
    t.equal(await answer.text(), 'here', host);
  }
});
