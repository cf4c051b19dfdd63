import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { test } from 'tap';
import { freePort } from '../../../scripts/support/free-port.ts';
import { type Relay, startRelay } from '../../../scripts/verify/network/relay.ts';
import { newClient, newsOf } from '../../client/support/client.ts';
import { startApp } from '../../support/app.ts';
import { emptyStore, type Scope } from '../../support/databases.ts';
import { until } from '../../support/until.ts';

async function relayTo(t: Scope, port: number | string): Promise<Relay> {
  const relay = await startRelay(Number(port));
  t.teardown(() => relay[Symbol.asyncDispose]());
  return relay;
}

/** A database with a table `t`, a relay before its server, and connections over both ways. */
async function relayedDatabase(t: Scope) {
  const url = new URL((await emptyStore(t, 'mysql'))['DATABASE_URL'] ?? '');
  const open = async (port: number | string): Promise<Connection> => {
    const connection = await createConnection(Object.assign(new URL(url), { port }).href);
    connection.on('error', () => {});
    t.teardown(() => connection.destroy());
    return connection;
  };
  const direct = await open(url.port);
  await direct.query('create table t (n int primary key) engine = InnoDB');
  const relay = await relayTo(t, url.port);
  return {
    relay,
    direct,
    connect: () => open(relay.port),
    rows: async () => {
      const [rows] = await direct.query<RowDataPacket[]>('select n from t order by n');
      return rows.map((row) => row['n']);
    },
  };
}

/** A server for raw bytes: what it is told, it tells `onConnection`. */
async function tcpServer(t: Scope, onConnection: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function dial(t: Scope, port: number): Socket {
  const socket = connect({ port, noDelay: true, allowHalfOpen: true });
  t.teardown(() => socket.destroy());
  return socket.on('error', () => {});
}

async function insertAndCommit(connection: Connection, n: number): Promise<void> {
  await connection.query('begin');
  await connection.query(`insert into t values (${n})`);
  await connection.query('commit');
}

/** Whether it settled; false after so many round trips to the server by another way. */
async function isPending(work: Promise<unknown>, direct: Connection): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  work.then(settle, settle);
  for (let trips = 0; trips < 100 && !settled; trips += 1) await direct.query('select 1');
  return !settled;
}

test('a COMMIT whose answer is lost has taken effect, and the client sees an error', async (t) => {
  const { relay, connect, rows } = await relayedDatabase(t);
  const lost = relay.loseCommitAnswers(2);
  for (const n of [1, 2])
    await t.rejects(insertAndCommit(await connect(), n), { code: /^(ECONNRESET|PROTOCOL_)/ });
  t.equal(await lost, 2);
  await insertAndCommit(await connect(), 3);
  t.same(await rows(), [1, 2, 3]);
});

test('a COMMIT that is lost leaves nothing behind, and the client sees an error', async (t) => {
  const { relay, connect, rows } = await relayedDatabase(t);
  const lost = relay.loseCommits(1);
  const connection = await connect();
  await t.rejects(insertAndCommit(connection, 1), { code: /^(ECONNRESET|PROTOCOL_)/ });
  t.equal(await lost, 1);
  await insertAndCommit(await connect(), 2);
  t.same(await rows(), [2]);
});

test('losses are ordered for connections that are open already, and called off by healing', async (t) => {
  const { relay, connect, rows } = await relayedDatabase(t);
  const [one, other] = [await connect(), await connect()];
  await insertAndCommit(one, 1);
  const answers = relay.loseCommitAnswers(3);
  const commits = relay.loseCommits(1);
  await t.rejects(insertAndCommit(one, 2));
  relay.heal();
  t.same(await Promise.all([answers, commits]), [1, 0]);
  await insertAndCommit(other, 3);
  t.same(await rows(), [1, 2, 3]);
});

test('a loss whose connection broke before the answer came meets the next COMMIT', async (t) => {
  const { relay, direct, connect, rows } = await relayedDatabase(t);
  const connection = await connect();
  await connection.query('begin');
  await connection.query('insert into t values (1)');
  await direct.query('flush tables with read lock');
  const lost = relay.loseCommitAnswers(1);
  const committed = connection.query('commit');
  await until(async () => {
    const running = "select id from information_schema.processlist where info = 'commit'";
    return (await direct.query<RowDataPacket[]>(running))[0].length === 1;
  });
  relay.cut();
  await t.rejects(committed);
  await direct.query('unlock tables');
  await t.rejects(insertAndCommit(await connect(), 2));
  t.equal(await lost, 1);
  t.ok((await rows()).includes(2));
});

test('a network that hangs answers neither old nor new connections, and all of it once healed', async (t) => {
  const { relay, direct, connect, rows } = await relayedDatabase(t);
  const old = await connect();
  const heal = relay.stall();
  const answered = old.query('insert into t values (1)');
  const connected = connect();
  await until(() => relay.size === 2);
  t.ok(await isPending(Promise.race([answered, connected]), direct));
  t.same(await rows(), []);
  heal();
  await answered;
  t.match((await (await connected).query('select * from t'))[0], [{ n: 1 }]);
});

test('an end and a reset do not pass a network that hangs, and do so once healed', async (t) => {
  const served: Socket[] = [];
  const port = await tcpServer(t, (socket) => served.push(socket.resume()));
  const relay = await relayTo(t, port);
  const clients = [dial(t, relay.port), dial(t, relay.port)];
  await until(() => served.length === 2);
  const heal = relay.stall();
  const ended = () => served.map((socket) => socket.readableEnded || socket.closed);
  clients[0]?.end('the end');
  clients[1]?.resetAndDestroy();
  const echo = dial(t, await tcpServer(t, (socket) => socket.pipe(socket)));
  for (let trips = 0; trips < 50; trips += 1) {
    echo.write('?');
    await once(echo, 'data');
  }
  t.same(ended(), [false, false]);
  heal();
  await until(() => !ended().includes(false));
});

test('half-open connections stay silent and keep their locks at the server, while new ones work', async (t) => {
  const { relay, direct, connect } = await relayedDatabase(t);
  await direct.query('insert into t values (1)');
  const old = await connect();
  await old.query('begin');
  await old.query('select * from t for update');
  const heal = relay.leaveHalfOpen();
  const answered = old.query('select 1');
  const isLocked = () =>
    direct.query('select * from t for update nowait').then(
      () => false,
      () => true,
    );
  const young = await connect();
  t.match((await young.query('select n from t'))[0], [{ n: 1 }]);
  t.ok(await isPending(answered, direct));
  t.ok(await isLocked());
  heal();
  await t.rejects(answered, { code: /^(ECONNRESET|PROTOCOL_)/ });
  await until(async () => !(await isLocked()));
  await young.query('select 1');
});

test('a network that refuses resets new connections and leaves the old ones alone', async (t) => {
  const { relay, connect } = await relayedDatabase(t);
  const old = await connect();
  const heal = relay.refuse();
  await t.rejects(connect(), { code: /^(ECONNRESET|PROTOCOL_|EPIPE)/ });
  await old.query('select 1');
  heal();
  await (await connect()).query('select 1');
});

test('a cut makes the server undo what was not committed', async (t) => {
  const { relay, direct, connect, rows } = await relayedDatabase(t);
  const connection = await connect();
  await connection.query('begin');
  await connection.query('insert into t values (1)');
  const answered = connection.query('select sleep(60)');
  relay.cut();
  await t.rejects(answered, { code: /^(ECONNRESET|PROTOCOL_)/ });
  await until(() => relay.size === 0);
  // Waits for the lock that the connection held.
  await direct.query('insert into t values (1)');
  t.same(await rows(), [1]);
  await (await connect()).query('select 1');
});

test('both sides see the reset of a cut', async (t) => {
  let served: Socket | undefined;
  const port = await tcpServer(t, (socket) => {
    served = socket.resume();
  });
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port);
  await until(() => served !== undefined);
  const errors = [once(client, 'error'), served ? once(served, 'error') : undefined];
  relay.cut();
  t.match(await Promise.all(errors), [[{ code: 'ECONNRESET' }], [{ code: 'ECONNRESET' }]]);
});

test('a lag makes everything late by so much, in order, and what comes after it too', async (t) => {
  const port = await tcpServer(t, (socket) => socket.pipe(socket));
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port).setEncoding('utf8');
  const heard: { text: string; at: number }[] = [];
  client.on('data', (text) => heard.push({ text: String(text), at: performance.now() }));
  const said = () => heard.map(({ text }) => text).join('');
  client.write('warm ');
  await until(() => said() === 'warm ');
  const heal = relay.lag(150);
  const start = performance.now();
  for (const word of ['one ', 'two ', 'three ']) {
    const bytes = client.bytesWritten;
    client.write(word);
    await until(() => client.bytesWritten > bytes);
  }
  await until(() => said().includes('three'));
  const first = (heard[1]?.at ?? 0) - start;
  t.ok(first >= 299, `${first} ms for there and back`);
  client.write('four ');
  await until(() => relay.size === 1 && client.writableLength === 0);
  heal();
  client.write('five ');
  await until(() => said().includes('five'));
  t.equal(said(), 'warm one two three four five ');
});

test('a sender is held back by a slow reader, and everything arrives', async (t) => {
  let reader: Socket | undefined;
  const hash = createHash('sha256');
  const port = await tcpServer(t, (socket) => {
    reader = socket.pause();
  });
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port);
  const sent = randomBytes(64 * 1024 * 1024);
  let taken = 0;
  function* chunks() {
    for (; taken < sent.length; taken += 65_536) yield sent.subarray(taken, taken + 65_536);
  }
  Readable.from(chunks()).pipe(client);
  let last = 0;
  let still = 0;
  await until(() => {
    still = taken === last ? still + 1 : 0;
    last = taken;
    return taken > 0 && still > 20;
  });
  t.ok(taken < sent.length / 2, `${taken} of ${sent.length} bytes are on their way`);
  let length = 0;
  reader?.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    length += chunk.length;
  });
  reader?.resume();
  await until(() => length === sent.length);
  t.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'));
});

test('a side that has ended can still be answered', async (t) => {
  const port = await tcpServer(t, (socket) => {
    socket.resume().on('end', () => socket.end('heard you out'));
  });
  const relay = await relayTo(t, port);
  const client = dial(t, relay.port).setEncoding('utf8');
  client.end('question');
  t.same(await client.toArray(), ['heard you out']);
  await until(() => relay.size === 0);
});

test('where no server listens, connections are reset', async (t) => {
  const relay = await relayTo(t, await freePort());
  const client = dial(t, relay.port);
  t.match(await once(client, 'error'), [{ code: 'ECONNRESET' }]);
  await until(() => relay.size === 0);
});

test('closing the relay ends its connections, even in a network that hangs', async (t) => {
  const { relay, connect } = await relayedDatabase(t);
  const connection = await connect();
  relay.leaveHalfOpen();
  relay.stall();
  const answered = connection.query('select 1');
  await relay[Symbol.asyncDispose]();
  await t.rejects(answered);
  t.equal(relay.size, 0);
});

test('a client of Doorbell behind the relay ends up with everything', async (t) => {
  const app = await startApp(t);
  const relay = await relayTo(t, new URL(app.url).port);
  const ana = await newClient(t, app.url, 'ana');
  const ben = await newClient(t, `http://127.0.0.1:${relay.port}`, 'ben');
  const { id } = await ana.openDirect('ben');
  await ben.connect();
  const news = newsOf(ben);
  for (const fault of [() => relay.cut(), () => relay.lag(50), () => relay.stall()]) {
    fault();
    await ana.post(id, `message over a bad network ${fault}`);
    relay.heal();
  }
  await until(() => news.length === 3);
  t.same(ben.messages(id), (await ana.api.listMessages(id)).messages);
});
