import { setImmediate } from 'node:timers/promises';
import { test } from 'tap';
import { keepTurns } from '../../src/core/turns.ts';
import { until } from '../support/until.ts';

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('work is done in the order in which it came, and timers have their turn between', async (t) => {
  const turns = keepTurns({ read: 1_000, write: 1_000, signIn: 1_000 });
  const done: number[] = [];
  const waits: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    waits.push(performance.now() - last);
    last = performance.now();
  }, 1);
  // All that this turn has time for.
  turns.run('write', () => work(15));
  for (let piece = 0; piece < 200; piece += 1) {
    turns.run('write', () => {
      // What follows in a promise belongs to it.
      void Promise.resolve().then(() => work(2));
      done.push(piece);
    });
  }
  t.equal(done.length, 0);
  await until(() => done.length === 200);
  clearInterval(timer);
  t.same(done, [...Array(200).keys()]);
  t.ok(waits.length > 20, `${waits.length} timers in 400 ms of work`);
  t.equal(turns.waiting('write'), 0);
});

test('of each kind so many are under way, and the kinds take turns', async (t) => {
  const turns = keepTurns({ read: 2, write: 1, signIn: 1 });
  turns.run('read', () => work(15));
  turns.end('read');
  const begun: string[] = [];
  for (const name of ['write 1', 'write 2', 'read 1', 'read 2', 'read 3']) {
    turns.run(name.startsWith('read') ? 'read' : 'write', () => begun.push(name));
  }
  await until(() => begun.length === 3);
  t.same(begun.slice(0, 2).sort(), ['read 1', 'write 1']);
  t.equal(begun[2], 'read 2');
  await setImmediate();
  t.equal(begun.length, 3);
  turns.end('write');
  await until(() => begun.length === 4);
  t.equal(begun[3], 'write 2');
  turns.end('read');
  await until(() => begun.length === 5);
});

test('what waits says for how long, and what finds time does not wait', async (t) => {
  const turns = keepTurns({ read: 1_000, write: 1_000, signIn: 1_000 });
  let ran = false;
  turns.run('write', () => {
    ran = true;
  });
  t.ok(ran, 'at once');
  work(15);
  t.ok(turns.delay('write') >= 15, 'a turn that takes long delays whoever is read late in it');
  ran = false;
  turns.run('write', () => {
    ran = true;
  });
  t.notOk(ran);
  work(15);
  t.ok(turns.delay('write') >= 15);
  await until(() => ran);
});
