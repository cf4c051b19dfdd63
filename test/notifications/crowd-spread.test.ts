import { test } from 'tap';
import { afterTick, NO_LOAD, spreadOf, type Tick } from '../../src/notifications/crowd-spread.ts';

const CONFIG = { crowdSpread: 2_000, requestWait: 500, requestsWaiting: 1_000 };
const IDLE: Tick = { late: 0, active: 1, begun: 3 };
const LATE: Tick = { late: 300, active: 50, begun: 200 };

const ticks = (count: number, tick: Tick): Tick[] => Array.from({ length: count }, () => tick);

const after = (...all: Tick[][]) => all.flat().reduce(afterTick, NO_LOAD);

const spreadAfter = (...all: Tick[][]): number => spreadOf(after(...all), 1_000, CONFIG);

test('who is rung by an idle server fetches at once', async (t) => {
  t.equal(spreadOf(NO_LOAD, 1_000, CONFIG), 0);
  t.equal(spreadAfter(ticks(1_000, IDLE)), 0);
  t.equal(
    spreadAfter(ticks(20, IDLE), ticks(1, LATE), ticks(20, IDLE)),
    0,
    'one hiccup is no load',
  );
});

test('lateness that lasts spreads a crowd, step by step and up to the bound', async (t) => {
  const spreads = Array.from({ length: 200 }, (_, count) => spreadAfter(ticks(count, LATE)));
  t.same(
    spreads,
    spreads.toSorted((a, b) => a - b),
  );
  t.ok(new Set(spreads).size > 4, `${[...new Set(spreads)]}`);
  t.equal(spreads.at(-1), 2_000);
  t.equal(spreadOf(after(ticks(200, LATE)), 1_000, { ...CONFIG, crowdSpread: 0 }), 0, 'or never');
});

test('when the load has gone the spread falls, more slowly than it rose, and ends', async (t) => {
  const secondsLater = (seconds: number) =>
    spreadAfter(ticks(200, LATE), ticks(20 * seconds, IDLE));
  t.ok(secondsLater(1) > 1_000);
  t.ok(secondsLater(10) < 500);
  t.equal(secondsLater(20), 0);
});

test('lateness that is just borne keeps the spread where it is', async (t) => {
  const borne: Tick = { ...LATE, late: 75 };
  const before = after(ticks(40, LATE));
  const settled = [...ticks(60, borne)].reduce(afterTick, before);
  t.equal([...ticks(1_000, borne)].reduce(afterTick, settled).level, settled.level);
});

test('a larger crowd is spread further, and the largest even by an idle server', async (t) => {
  const load = { ...NO_LOAD, level: 500 };
  t.same(
    [50, 1_000, 2_000, 100_000].map((recipients) => spreadOf(load, recipients, CONFIG)),
    [32, 512, 1_024, 2_000],
  );
  t.equal(spreadOf(NO_LOAD, 10_000, CONFIG), 2_000, 'the last would wait for two seconds');
});

test('what a request costs is measured, by ticks that had enough of them', async (t) => {
  t.equal(after(ticks(100, IDLE)).cost, NO_LOAD.cost);
  t.ok(Math.abs(after(ticks(100, LATE)).cost - 0.25) < 0.01);
});
