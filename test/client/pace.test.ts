import { mock } from 'node:test';
import { test } from 'tap';
import { Pace } from '../../src/client/pace.ts';

test('of a burst the first happens at once, the last when the pause is over, and each key by itself', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const pace = new Pace(100);
  const done: string[] = [];
  const ask = (key: string): void => pace.run(key, () => done.push(key));
  for (const key of ['a', 'a', 'b', 'a']) ask(key);
  t.same(done, ['a', 'b']);
  mock.timers.tick(99);
  t.same(done, ['a', 'b']);
  mock.timers.tick(1);
  t.same(done, ['a', 'b', 'a']);
  ask('b');
  t.same(done, ['a', 'b', 'a', 'b'], 'there was nothing more of it, so it is at once again');
  ask('a');
  mock.timers.tick(100);
  t.same(done, ['a', 'b', 'a', 'b', 'a'], 'the last of a burst begins another pause');
  ask('a');
  pace.stop();
  mock.timers.tick(1_000);
  t.equal(done.length, 5);
});
