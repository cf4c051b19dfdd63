import { setTimeout as sleep } from 'node:timers/promises';
import type { Doorbell } from '../support/processes.ts';
import type { HerdOrder, HerdSight } from './herd-members.ts';
import { HERD_PROCESSES, HERD_SIZE, type Herd, type Herds, setUpHerds } from './herd-set-up.ts';
import { talkAtRate } from './herd-talk.ts';
import { coresOf, usage } from './processor.ts';
import { ranged, type Section } from './report.ts';
import { coreRows } from './rows.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { type Percentiles, percentilesOf, type Summarised } from './statistics.ts';

/** Posts a second of the pairs, who hear nothing of the room. */
const PAIRS_RATE = 40;
/** Milliseconds between two plans, for what the one before has left to do. */
const SETTLING = 1_000;
/** Seconds for what was said to be heard and held; and milliseconds that stand for what was not. */
const PATIENCE = 10;
const LOST = 1_000 * PATIENCE;

/** How many look at the room, how many messages a second are said there, and for how many times as long. */
const PLANS = {
  'few look, 5 a second': { looking: 20, rate: 5, times: 4 },
  'few look, 20 a second': { looking: 20, rate: 20, times: 4 },
  'all look, 1 a second': { looking: HERD_SIZE - 1, rate: 1, times: 2 },
  'all look, 3 a second': { looking: HERD_SIZE - 1, rate: 3, times: 1 },
  'all look, 6 a second': { looking: HERD_SIZE - 1, rate: 6, times: 1 },
  'all look, 12 a second': { looking: HERD_SIZE - 1, rate: 12, times: 1 },
};
type PlanName = keyof typeof PLANS;
const PLAN_NAMES = Object.keys(PLANS) as PlanName[];

/** Milliseconds are from the post. */
interface HerdFigures {
  perSecond: number;
  notified: Percentiles;
  /** Until each of those who look has it, and until the last has. */
  held: Percentiles;
  heldByAll: Percentiles;
  fetchesPerMessage: number;
  readsPerMessage: number;
  /** Fetches that were answered by a 503, and are not among the others. */
  refusedPerMessage: number;
  /** What the server asked for in the end, in milliseconds. */
  spread: number;
  pairs: Percentiles;
  /** Posts of anybody that were refused or failed. */
  refusedPosts: number;
  cores: Record<string, number | null>;
}

type Way = keyof Herds['ways'];
const WAYS: readonly Way[] = ['unspread', 'spread'];

type HerdRepetition = Record<PlanName, Record<Way, HerdFigures>>;

/** One plan after the other, each without and with spread, so that whatever else the machine does hits both alike. */
async function measure({ options, progress }: Stage, { ways }: Herds): Promise<HerdRepetition> {
  const { seconds } = options;
  const figures: [PlanName, Record<Way, HerdFigures>][] = [];
  for (const name of PLAN_NAMES) {
    const measured: [Way, HerdFigures][] = [];
    for (const way of WAYS) {
      const found = await measurePlan(ways[way], name, seconds);
      progress(`  ${name}, ${way}: p99 ${Math.round(found.held.p99)} ms`);
      measured.push([way, found]);
    }
    figures.push([name, Object.fromEntries(measured) as Record<Way, HerdFigures>]);
  }
  return Object.fromEntries(figures) as HerdRepetition;
}

const ask = ({ members }: Herd, orderOf: (index: number) => HerdOrder): Promise<HerdSight[]> =>
  Promise.all(members.map((member, index) => member.ask<HerdSight>(orderOf(index))));

async function measurePlan(herd: Herd, name: PlanName, unit: number): Promise<HerdFigures> {
  const { server } = herd;
  const { looking, rate, times } = PLANS[name];
  const seconds = unit * times;
  const shareOf = (index: number) =>
    Math.floor((looking + HERD_PROCESSES - 1 - index) / HERD_PROCESSES);
  await ask(herd, (index) => ({ do: 'look', looking: shareOf(index) }));
  await sleep(SETTLING);
  const before = await countersOf(server);
  const pids = { server: server.pid, ...pidsOf(herd) };
  const used = usage(pids);
  const start = performance.now();
  const [room, pairs] = await Promise.all([
    talkAtRate(server.port, [herd.room], { rate, seconds }),
    talkAtRate(server.port, herd.pairs, { rate: PAIRS_RATE, seconds }),
  ]);
  const after = await countersOf(server);
  const cores = coresOf(used, usage(pids), (performance.now() - start) / 1_000);
  const sights = await heard(herd, room.posted.at(-1)?.id, looking);
  const lost = sights.flatMap((sight) => sight.lost);
  if (lost.length > 0) throw new Error(`sockets of the crowd were closed with ${lost.join()}`);
  const messages = room.posted.length;
  return {
    perSecond: messages / seconds,
    ...delaysOf(room.posted, sights, looking),
    fetchesPerMessage: (after.fetches - before.fetches) / messages,
    readsPerMessage: (after.reads - before.reads) / messages,
    refusedPerMessage: sights.reduce((sum, { refused }) => sum + refused, 0) / messages,
    spread: after.spread,
    pairs: percentilesOf(pairs.times),
    refusedPosts: room.refused + room.failed + pairs.refused + pairs.failed,
    cores,
  };
}

const pidsOf = ({ members }: Herd): Record<string, number> =>
  Object.fromEntries(members.map(({ pid }, index) => [`crowd ${index + 1}`, pid]));

/** Waits until all who look hold the last message, or for as long as one can. */
async function heard(herd: Herd, last: string | undefined, looking: number): Promise<HerdSight[]> {
  const end = performance.now() + LOST;
  for (;;) {
    const sights = await ask(herd, () => ({ do: 'tell' }));
    const count = sights.reduce((sum, { held }) => sum + (held[last ?? '']?.length ?? 0), 0);
    if (count >= looking || performance.now() > end) return sights;
    await sleep(100);
  }
}

function delaysOf(
  posted: readonly { id: string; at: number }[],
  sights: readonly HerdSight[],
  looking: number,
): Pick<HerdFigures, 'notified' | 'held' | 'heldByAll'> {
  const delays = (key: 'rings' | 'held', count: number) =>
    posted.map(({ id, at }) => {
      const known = sights.flatMap((sight) => sight[key][id] ?? []).map((time) => time - at);
      const missing = Math.max(0, count - known.length);
      return [...known, ...Array.from({ length: missing }, () => LOST)];
    });
  const held = delays('held', looking);
  return {
    notified: percentilesOf(delays('rings', HERD_SIZE - 1).flat()),
    held: percentilesOf(held.flat()),
    heldByAll: percentilesOf(held.map((times) => Math.max(...times))),
  };
}

async function countersOf({ port }: Doorbell) {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const sum = (pattern: RegExp): number =>
    [...metrics.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
  return {
    fetches: sum(
      /^doorbell_http_request_seconds_count\{[^}]*route="\/api\/v1\/messages\/?"[^}]*\} (\d+)/gm,
    ),
    reads: sum(/^doorbell_messages_read_total (\d+)/gm),
    spread: sum(/^doorbell_crowd_spread_milliseconds (\d+)/gm),
  };
}

const rowsOf = (
  figuresOf: (results: Summarised<HerdRepetition>) => Summarised<HerdFigures>,
): Section<HerdRepetition>[1] => [
  ['messages a second', (results) => ranged(figuresOf(results).perSecond, 1)],
  ['post → notified, p99 ms', (results) => ranged(figuresOf(results).notified.p99)],
  ['post → held by who looks, p50 ms', (results) => ranged(figuresOf(results).held.p50)],
  ['post → held by who looks, p99 ms', (results) => ranged(figuresOf(results).held.p99)],
  ['post → held by the last, p50 ms', (results) => ranged(figuresOf(results).heldByAll.p50)],
  ['fetches a message', (results) => ranged(figuresOf(results).fetchesPerMessage, 1)],
  ['… refused', (results) => ranged(figuresOf(results).refusedPerMessage, 1)],
  ['… that read the message', (results) => ranged(figuresOf(results).readsPerMessage, 2)],
  ['spread at the end, ms', (results) => ranged(figuresOf(results).spread)],
  ['posts of others, p50 ms', (results) => ranged(figuresOf(results).pairs.p50)],
  ['posts of others, p99 ms', (results) => ranged(figuresOf(results).pairs.p99)],
  ['posts refused', (results) => ranged(figuresOf(results).refusedPosts)],
  ...coreRows<HerdRepetition>((results) => figuresOf(results).cores),
];

const SECTIONS: readonly Section<HerdRepetition>[] = PLAN_NAMES.flatMap((name) =>
  WAYS.map(
    (way): Section<HerdRepetition> => [`${name}, ${way}`, rowsOf((results) => results[name][way])],
  ),
);

export const HERD: Scenario<Herds, HerdRepetition> = {
  about: 'what it brings to tell a crowd how far to spread its fetches',
  setUp: ({ dir, started }) => setUpHerds(dir, started),
  measure,
  rates: (repetition) =>
    Object.fromEntries(
      PLAN_NAMES.flatMap((name) =>
        WAYS.map((way): [string, HerdFigures] => [`${name}, ${way}`, repetition[name][way]]),
      ),
    ),
  sections: () => SECTIONS,
};
