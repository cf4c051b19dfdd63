import { EventEmitter } from 'node:events';
import { test } from 'tap';
import {
  CLOSE,
  MAX_UNDER_WAY,
  MAX_WAITING,
  Subscriber,
} from '../../src/notifications/subscriber.ts';

const TEXT = 0x81;
const PING = 0x89;

interface Frame {
  type: number;
  data: string;
}

/** Short ones: two bytes, the second of which is the length, and the data. */
function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    frames.push({ type: bytes[at] ?? 0, data: bytes.toString('utf8', at + 2, end) });
    at = end;
  }
  return frames;
}

/** A socket, and the connection under it, to a client who reads nothing: what it is given stays where it is. */
class StuckSocket extends EventEmitter {
  /** Frames, by the write that they were part of; an answer stands alone. */
  readonly writes: Frame[][] = [];
  bufferedAmount = 0;
  writable = true;

  write(bytes: Buffer): boolean {
    this.writes.push(framesOf(bytes));
    return false;
  }

  send(text: string): void {
    this.writes.push([{ type: TEXT, data: text }]);
  }

  close(): void {
    this.writes.push([]);
  }

  terminate(): void {}

  get sent(): string[] {
    return this.#dataOf(TEXT);
  }

  get pings(): string[] {
    return this.#dataOf(PING);
  }

  #dataOf(wanted: number): string[] {
    return this.writes.flat().flatMap(({ type, data }) => (type === wanted ? [data] : []));
  }

  /** As the client answers a ping that carried this number. */
  pongs(number: number): void {
    this.emit('pong', Buffer.from(String(number)));
  }
}

/** What is rung in one turn of the event loop goes out at its end. */
const turn = () => new Promise<void>((resolve) => process.nextTick(resolve));

async function ready() {
  const socket = new StuckSocket();
  const viewer = {
    userId: 1,
    username: 'ana',
    role: 'user' as const,
    sessionId: 1,
    tokenEndsAt: Infinity,
  };
  const subscriber = new Subscriber(socket, socket, viewer);
  subscriber.ready(25);
  await turn();
  socket.writes.length = 0;
  return { socket, subscriber };
}

const ring = (subscriber: Subscriber, count: number): number =>
  Array.from({ length: count }, () => subscriber.ring('{"event":"x"}')).reduce((a, b) => a + b, 0);

test('frames wait for an answer, are dropped together, and one resync stands for them', async (t) => {
  const { socket, subscriber } = await ready();
  t.equal(ring(subscriber, MAX_UNDER_WAY + MAX_WAITING), 0);
  await turn();
  t.equal(socket.sent.length, MAX_UNDER_WAY, 'the others wait');
  socket.pongs(MAX_UNDER_WAY);
  await turn();
  t.equal(socket.sent.length, 2 * MAX_UNDER_WAY, 'and go on when it has answered');
  t.equal(ring(subscriber, MAX_UNDER_WAY + 1), MAX_WAITING + 1, 'one too many drops all that wait');
  t.equal(ring(subscriber, 10), 10);
  socket.pongs(2 * MAX_UNDER_WAY);
  await turn();
  t.same(socket.sent.slice(2 * MAX_UNDER_WAY), ['{"event":"resync"}']);
});

test('answers to what was never read do not open the window', async (t) => {
  const { socket, subscriber } = await ready();
  for (let sent = 0; sent < 10 * MAX_UNDER_WAY; sent = socket.sent.length) {
    ring(subscriber, MAX_UNDER_WAY);
    await turn();
    socket.pongs(socket.sent.length);
  }
  t.equal(socket.sent.length, 10 * MAX_UNDER_WAY);
  socket.bufferedAmount = 70_000;
  t.equal(ring(subscriber, MAX_WAITING + 1), MAX_WAITING + 1);
  socket.pongs(socket.sent.length);
  await turn();
  t.equal(socket.sent.length, 10 * MAX_UNDER_WAY, 'nothing more goes out');
  t.equal(subscriber.heartbeat(), false, 'and the socket is given up');
});

test('what is rung in one moment is one write, with a ping behind it when one is due', async (t) => {
  const { socket, subscriber } = await ready();
  const other = await ready();
  for (const count of [1, 6, 12, 7, 1]) {
    ring(subscriber, count);
    ring(other.subscriber, count);
    t.equal(socket.writes.length, other.socket.writes.length);
    await turn();
  }
  t.same(
    socket.writes.map((frames) => frames.length),
    [1, 6, 12 + 1, 7, 1 + 1],
  );
  t.same(socket.pings, ['19', '27'], 'each says how many frames came before it');
  t.same(other.socket.writes, socket.writes);
});

test('answers and the end keep their place behind what was rung before', async (t) => {
  const { socket, subscriber } = await ready();
  ring(subscriber, 1);
  subscriber.answer('an answer');
  ring(subscriber, 1);
  t.equal(subscriber.heartbeat(), true);
  subscriber.close(CLOSE.restarting);
  await turn();
  const x = '{"event":"x"}';
  const told = socket.writes.map((frames) => frames.map(({ data }) => data));
  t.same(told.slice(0, 2), [[x], ['an answer']]);
  t.match(told.slice(2), [[x, /"event":"heartbeat"/, '2'], []], 'and nothing follows the end');
});

test('what ends in the same moment gets nothing more', async (t) => {
  const { socket, subscriber } = await ready();
  ring(subscriber, 3);
  socket.writable = false;
  await turn();
  t.same(socket.writes, []);
});

test('the spread of a crowd is told before its frame, and only when it changes', async (t) => {
  const { socket, subscriber } = await ready();
  for (const spread of [0, 256, 256, undefined, 512, 0]) subscriber.ring('{"event":"x"}', spread);
  await turn();
  const x = '{"event":"x"}';
  const told = (spread: number) => `{"event":"heartbeat","spread":${spread}}`;
  t.same(socket.sent, [x, told(256), x, x, x, told(512), x, told(0), x]);
});

test('a closed socket gets nothing more', async (t) => {
  const { socket, subscriber } = await ready();
  ring(subscriber, MAX_UNDER_WAY + 5);
  subscriber.close(CLOSE.accessRevoked);
  await turn();
  socket.pongs(MAX_UNDER_WAY);
  t.equal(ring(subscriber, 1), 0);
  await turn();
  t.equal(socket.sent.length, MAX_UNDER_WAY);
});
