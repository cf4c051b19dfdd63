import { EventEmitter } from 'node:events';
import { test } from 'tap';
import {
  CLOSE,
  MAX_UNDER_WAY,
  MAX_WAITING,
  Subscriber,
} from '../../src/notifications/subscriber.ts';

/** A socket to a client who reads nothing: what it is given stays where it is. */
class StuckSocket extends EventEmitter {
  readonly sent: string[] = [];
  bufferedAmount = 0;

  send(text: string): void {
    this.sent.push(text);
  }

  ping(): void {}
  close(): void {}
  terminate(): void {}

  /** As the client answers a ping that carried this number. */
  pongs(number: number): void {
    this.emit('pong', Buffer.from(String(number)));
  }
}

function ready() {
  const socket = new StuckSocket();
  const viewer = {
    userId: 1,
    username: 'ana',
    role: 'user' as const,
    sessionId: 1,
    tokenEndsAt: Infinity,
  };
  const connection = {
    cork() {},
    uncork() {},
    // A short frame: two bytes, and its text.
    write: (frame: Buffer) => socket.sent.push(frame.toString('utf8', 2)) > 0,
  };
  const subscriber = new Subscriber(socket, connection, viewer);
  subscriber.ready(25);
  socket.sent.length = 0;
  return { socket, subscriber };
}

const ring = (subscriber: Subscriber, count: number): number =>
  Array.from({ length: count }, () => subscriber.ring('{"event":"x"}')).reduce((a, b) => a + b, 0);

test('frames wait for an answer, are dropped together, and one resync stands for them', async (t) => {
  const { socket, subscriber } = ready();
  t.equal(ring(subscriber, MAX_UNDER_WAY + MAX_WAITING), 0);
  t.equal(socket.sent.length, MAX_UNDER_WAY, 'the others wait');
  socket.pongs(MAX_UNDER_WAY);
  t.equal(socket.sent.length, 2 * MAX_UNDER_WAY, 'and go on when it has answered');
  t.equal(ring(subscriber, MAX_UNDER_WAY + 1), MAX_WAITING + 1, 'one too many drops all that wait');
  t.equal(ring(subscriber, 10), 10);
  socket.pongs(2 * MAX_UNDER_WAY);
  t.same(socket.sent.slice(2 * MAX_UNDER_WAY), ['{"event":"resync"}']);
});

test('answers to what was never read do not open the window', async (t) => {
  const { socket, subscriber } = ready();
  for (let sent = 0; sent < 10 * MAX_UNDER_WAY; sent = socket.sent.length) {
    ring(subscriber, MAX_UNDER_WAY);
    socket.pongs(socket.sent.length);
  }
  t.equal(socket.sent.length, 10 * MAX_UNDER_WAY);
  socket.bufferedAmount = 70_000;
  t.equal(ring(subscriber, MAX_WAITING + 1), MAX_WAITING + 1);
  socket.pongs(socket.sent.length);
  t.equal(socket.sent.length, 10 * MAX_UNDER_WAY, 'nothing more goes out');
  t.equal(subscriber.heartbeat(), false, 'and the socket is given up');
});

test('the spread of a crowd is told before its frame, and only when it changes', async (t) => {
  const { socket, subscriber } = ready();
  for (const spread of [0, 256, 256, undefined, 512, 0]) subscriber.ring('{"event":"x"}', spread);
  const x = '{"event":"x"}';
  const told = (spread: number) => `{"event":"heartbeat","spread":${spread}}`;
  t.same(socket.sent, [x, told(256), x, x, x, told(512), x, told(0), x]);
});

test('a closed socket gets nothing more', async (t) => {
  const { socket, subscriber } = ready();
  ring(subscriber, MAX_UNDER_WAY + 5);
  subscriber.close(CLOSE.accessRevoked);
  socket.pongs(MAX_UNDER_WAY);
  t.equal(ring(subscriber, 1), 0);
  t.equal(socket.sent.length, MAX_UNDER_WAY);
});
