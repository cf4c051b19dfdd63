import { test } from 'tap';
import { gather } from '../../src/core/gather.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('what is asked for in one turn is one query, and what comes later another', async (t) => {
  const queries: (readonly number[])[] = [];
  const held: (() => void)[] = [];
  const lookUp = gather(async (keys: readonly number[]) => {
    queries.push(keys);
    await new Promise<void>((resolve) => held.push(resolve));
    return keys.map((key) => (key === 3 ? undefined : `found ${key}`));
  });
  const first = [lookUp(1), lookUp(2), lookUp(3), lookUp(1)];
  await nextTurn();
  const later = lookUp(4);
  await nextTurn();
  t.same(queries, [[1, 2, 3, 1], [4]], 'it does not wait for the one under way, nor join it');
  held[1]?.();
  t.equal(await later, 'found 4', 'nor for its answer');
  held[0]?.();
  t.same(await Promise.all(first), ['found 1', 'found 2', undefined, 'found 1']);
});

test('many make several queries, and one that fails is no matter of the others', async (t) => {
  const sizes: number[] = [];
  const lookUp = gather(async (keys: readonly number[]) => {
    sizes.push(keys.length);
    if (keys.includes(0)) throw new Error('the first one fails');
    return keys;
  });
  const all = await Promise.allSettled(Array.from({ length: 450 }, (_, key) => lookUp(key)));
  t.same(sizes, [200, 200, 50]);
  t.equal(all.filter(({ status }) => status === 'rejected').length, 200);
  t.equal(await lookUp(7), 7);
});
