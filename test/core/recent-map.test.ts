import { test } from 'tap';
import { recentMap } from '../../src/core/recent-map.ts';

const weights = (most: number) =>
  recentMap<string, { weight: number }>(most, ({ weight }) => weight);

test('keeps what came last, at most so much of it and at least half', async (t) => {
  const kept = weights(100);
  for (let n = 0; n < 1_000; n += 1) kept.set(`${n}`, { weight: 1 });
  const last: number[] = [];
  for (let n = 999; kept.get(`${n}`); n -= 1) last.push(n);
  t.ok(last.length >= 50 && last.length <= 100, `${last.length} are kept`);
  t.equal(kept.get('0'), undefined);
});

test('what is asked for again and again stays', async (t) => {
  const kept = weights(100);
  kept.set('asked for', { weight: 1 });
  for (let n = 0; n < 1_000; n += 1) {
    kept.set(`${n}`, { weight: 1 });
    if (!kept.get('asked for')) t.fail(`gone after ${n} others`);
  }
  t.ok(kept.get('asked for'));
});

test('one that is set anew is what it was set to last, and counts once', async (t) => {
  const kept = weights(100);
  kept.set('other', { weight: 1 });
  for (let n = 0; n < 1_000; n += 1) kept.set('same', { weight: n % 40 });
  t.same(kept.get('same'), { weight: 999 % 40 });
  t.ok(kept.get('other'), 'nothing had to go for it');
  kept.set('heavy', { weight: 1_000 });
  t.same(kept.get('same'), { weight: 999 % 40 });
});

test('what is deleted is gone, however long it was there', async (t) => {
  const kept = weights(10);
  kept.set('one', { weight: 4 });
  kept.set('two', { weight: 4 });
  kept.delete('one');
  kept.delete('two');
  t.equal(kept.get('one'), undefined);
  t.equal(kept.get('two'), undefined);
});
