import { setTimeout as sleep } from 'node:timers/promises';
import { type Doorbell, type Process, startProcess } from '../support/processes.ts';
import type { HerdOrder, HerdSight } from './herd-members.ts';
import { HERD_SIZE, type Herd } from './herd-set-up.ts';
import { talkAtRate } from './herd-talk.ts';
import type { Options } from './options.ts';
import { coresOf, usage } from './processor.ts';
import { coreRows, ranged, type Section } from './report.ts';
import { type Percentiles, percentilesOf } from './statistics.ts';

/** Members of the crowd are in as many processes. */
const PROCESSES = 2;
/** Posts a second of the pairs, who hear nothing of the room. */
const PAIRS_RATE = 40;
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

export type HerdRepetition = Record<PlanName, HerdFigures>;

interface Crowd {
  herd: Herd;
  server: Doorbell;
  members: readonly Process[];
}

/** A server of its own, a thousand members, and then one plan after the other. */
export async function measureHerd(herd: Herd, { seconds }: Options): Promise<HerdRepetition> {
  await using started = new AsyncDisposableStack();
  const server = started.use(await herd.start());
  const members = Array.from({ length: PROCESSES }, () =>
    started.use(startProcess(import.meta.resolve('./herd-members.ts'))),
  );
  const crowd: Crowd = { herd, server, members };
  await ask(crowd, (index) => ({
    do: 'open',
    port: server.port,
    room: herd.room,
    size: HERD_SIZE,
    tokens: herd.tokens.slice(1, HERD_SIZE).filter((_, member) => member % PROCESSES === index),
  }));
  const figures: [PlanName, HerdFigures][] = [];
  for (const name of PLAN_NAMES) figures.push([name, await measurePlan(crowd, name, seconds)]);
  return Object.fromEntries(figures) as HerdRepetition;
}

const ask = ({ members }: Crowd, orderOf: (index: number) => HerdOrder): Promise<HerdSight[]> =>
  Promise.all(members.map((member, index) => member.ask<HerdSight>(orderOf(index))));

async function measurePlan(crowd: Crowd, name: PlanName, unit: number): Promise<HerdFigures> {
  const { herd, server } = crowd;
  const { looking, rate, times } = PLANS[name];
  const seconds = unit * times;
  await ask(crowd, (index) => ({
    do: 'look',
    looking: Math.floor((looking + PROCESSES - 1 - index) / PROCESSES),
  }));
  const before = await countersOf(server);
  const pids = { server: server.pid, ...pidsOf(crowd) };
  const used = usage(pids);
  const speaker = { id: herd.room, token: herd.tokens[0] ?? '' };
  const [room, pairs] = await Promise.all([
    talkAtRate(server.port, [speaker], { rate, seconds }),
    talkAtRate(server.port, herd.pairs, { rate: PAIRS_RATE, seconds }),
  ]);
  const after = await countersOf(server);
  const cores = coresOf(used, usage(pids), seconds);
  const sights = await heard(crowd, room.posted.at(-1)?.id, looking);
  const messages = room.posted.length;
  const fetches = after.fetches - before.fetches;
  const refused = sights.reduce((sum, sight) => sum + sight.refused, 0);
  return {
    perSecond: messages / seconds,
    ...delaysOf(room.posted, sights, looking),
    fetchesPerMessage: fetches / messages,
    readsPerMessage: (after.reads - before.reads) / messages,
    refusedPerMessage: refused / messages,
    spread: after.spread,
    pairs: percentilesOf(pairs.times),
    refusedPosts: room.refused + room.failed + pairs.refused + pairs.failed,
    cores,
  };
}

const pidsOf = ({ members }: Crowd): Record<string, number> =>
  Object.fromEntries(members.map(({ pid }, index) => [`crowd ${index + 1}`, pid]));

/** Waits until all who look hold the last message, or for as long as one can. */
async function heard(
  crowd: Crowd,
  last: string | undefined,
  looking: number,
): Promise<HerdSight[]> {
  const end = performance.now() + LOST;
  for (;;) {
    const sights = await ask(crowd, () => ({ do: 'tell' }));
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

export const HERD_SECTIONS: readonly Section<HerdRepetition>[] = PLAN_NAMES.map((name) => [
  `${HERD_SIZE} members, ${name}`,
  [
    ['messages a second', (results) => ranged(results[name].perSecond, 1)],
    ['post → all notified, p99 ms', (results) => ranged(results[name].notified.p99)],
    ['post → held, p50 ms', (results) => ranged(results[name].held.p50)],
    ['post → held, p99 ms', (results) => ranged(results[name].held.p99)],
    ['post → held by the last, p50 ms', (results) => ranged(results[name].heldByAll.p50)],
    ['fetches a message', (results) => ranged(results[name].fetchesPerMessage, 1)],
    [
      'messages read of the store, a message',
      (results) => ranged(results[name].readsPerMessage, 2),
    ],
    ['fetches refused, a message', (results) => ranged(results[name].refusedPerMessage, 1)],
    ['spread at the end, ms', (results) => ranged(results[name].spread)],
    ['posts of others, p50 ms', (results) => ranged(results[name].pairs.p50)],
    ['posts of others, p99 ms', (results) => ranged(results[name].pairs.p99)],
    ['posts refused', (results) => ranged(results[name].refusedPosts)],
    ...coreRows<HerdRepetition>((results) => results[name].cores),
  ],
]);
