import { test } from 'tap';
import { type Hint, Hints } from '../../src/client/hints.ts';
import { run } from './support/client.ts';

const kindsOf = (hints: readonly Hint[]): string[] => hints.map(({ kind, id }) => `${kind} ${id}`);

test('a thing waits once, and with the kind of look that answers all who asked for one', async (t) => {
  const hints = new Hints();
  hints.add('message', '1-1');
  hints.add('update', '1-1');
  hints.add('message', '1-1');
  hints.add('message', '1-2');
  t.same(kindsOf(hints.take()), ['update 1-1', 'message 1-2'], 'in one batch');
  hints.add('reset', '1');
  hints.add('conversation', '1');
  t.same(kindsOf(hints.take()), ['reset 1']);
  t.equal(hints.size, 0);
});

test('what became known while it was being fetched is fetched again', async (t) => {
  const hints = new Hints();
  hints.add('message', '1-1');
  const taken = hints.take();
  hints.add('update', '1-1');
  hints.putBack(taken);
  t.same(kindsOf(hints.take()), ['update 1-1']);
});

test('a conversation that starts anew goes before all else, many conversations go together', async (t) => {
  const hints = new Hints();
  hints.add('message', '1-600');
  hints.add('conversation', '2');
  hints.add('reset', '1');
  t.same(kindsOf(hints.take()), ['reset 1']);
  t.same(kindsOf(hints.take()), ['message 1-600']);
  for (const n of run(3, 11)) hints.add(n % 2 ? 'conversation' : 'reset', String(n));
  t.equal(hints.take().length, 10);
});

test('last lines go together, apart from the messages of what is on screen', async (t) => {
  const hints = new Hints();
  hints.add('line', '1-7');
  hints.add('message', '2-1');
  hints.add('line', '3-4');
  hints.add('line', '1-7');
  t.same(kindsOf(hints.take()), ['line 1-7', 'line 3-4']);
  t.same(kindsOf(hints.take()), ['message 2-1']);
});

test('one waits for what was there at a moment, also when it was asked for again or failed', async (t) => {
  const hints = new Hints();
  hints.add('message', '1-1');
  const { stamp } = hints;
  hints.add('update', '1-1');
  hints.add('update', '1-2');
  t.equal(hints.hasUntil(stamp), true);
  const taken = hints.take();
  t.equal(hints.hasUntil(stamp), false);
  hints.putBack(taken);
  t.equal(hints.hasUntil(stamp), true);
});
