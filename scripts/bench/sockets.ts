import { setTimeout as sleep } from 'node:timers/promises';
import { type Gathering, gather } from '../crowd/gathering.ts';
import { memoryOf } from '../crowd/memory.ts';
import { mostSockets, obstacleTo } from '../crowd/obstacle.ts';
import { lastOf } from '../crowd/orders.ts';
import { type Pair, seatsFor } from '../crowd/pairs.ts';
import { addressesFor, type CrowdTarget, setUpCrowdTargets, watchUse } from './crowd-target.ts';
import type { Installation } from './installation.ts';
import { ranged, type Section } from './report.ts';
import { usedRows } from './rows.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { untilIdle } from './until-idle.ts';
import type { Used } from './window.ts';

/** Processes of the many, unless more are asked for; and as many times the sockets of one process. */
const PROCESSES = 4;
const MANY = 5;
/** Kilobytes that a socket may take. */
const GOAL = 12;
/** Milliseconds. */
const SETTLING = 2_000;
/** Seconds that one ring may take; far more than it should. */
const PATIENCE = 30;

interface Repetition extends Used {
  sockets: number;
  /** Of all processes of the server together, for each socket. */
  kilobytes: number;
  toGoal: number;
  openedPerSecond: number;
  /** Milliseconds from a post to the last socket's ring. */
  rung: number;
}

interface SocketsTarget extends CrowdTarget {
  sockets: number;
}

async function setUp(stage: Stage): Promise<SocketsTarget[]> {
  const { clients, processes } = stage.options;
  const targets = await setUpCrowdTargets(stage, {
    pairs: 1,
    processes: Math.max(PROCESSES, processes),
  });
  return targets.map((target) => {
    const wanted = target.processes === 1 ? clients : MANY * clients;
    return { ...target, sockets: fitting(stage, wanted, target.processes) };
  });
}

/** As many as can be open here; if fewer than wanted, it is said why. */
function fitting({ notes }: Stage, wanted: number, processes: number): number {
  const spread = { processes, addresses: addressesFor(wanted).length };
  const obstacle = obstacleTo(wanted, spread);
  if (obstacle === undefined) return wanted;
  const sockets = mostSockets(spread);
  notes.add(`${obstacle} ${sockets.toLocaleString('en')} were measured.`);
  return sockets;
}

/** All sockets are opened, stay open for as long as is measured, and are still there to be rung. */
async function measure(stage: Stage, target: SocketsTarget): Promise<Repetition> {
  const { sockets, name, pairs } = target;
  await using server = await target.start();
  await untilIdle(server.pids);
  const before = memoryIn(server);
  const start = performance.now();
  await using crowd = await gather(server.port, seatsFor(pairs, sockets), addressesFor(sockets));
  const opening = performance.now() - start;
  await sleep(SETTLING);
  const kilobytes = (memoryIn(server) - before) / 1_024 / sockets;
  const use = watchUse(server, target, crowd);
  await sleep(1_000 * stage.options.seconds);
  const used = use();
  const { rung, lost } = await ringOnce(pairs, crowd);
  if (lost > 0) stage.errors.set(`${name}: sockets that were not rung`, lost);
  return {
    sockets,
    kilobytes,
    toGoal: kilobytes / GOAL,
    openedPerSecond: (1_000 * sockets) / opening,
    rung,
    ...used,
  };
}

/** Bytes. */
const memoryIn = ({ pids }: Installation): number =>
  Object.values(pids).reduce((sum, pid) => sum + memoryOf(pid).process, 0);

async function ringOnce(pairs: readonly Pair[], crowd: Gathering) {
  const start = Date.now();
  const heads: Record<string, number> = {};
  for (const { conversationId, post } of pairs) heads[conversationId] = await post('heard by all');
  const { caughtUpAt, behind } = await crowd.lookUntilCaughtUp({ heads }, PATIENCE);
  return { rung: lastOf(caughtUpAt) - start, lost: behind };
}

const SECTIONS: readonly Section<Repetition>[] = [
  [
    'Ratio',
    [[`kilobytes of a socket / the ${GOAL} that it may take`, ({ toGoal }) => ranged(toGoal, 2)]],
  ],
  [
    'Sockets that only stay open, of two users',
    [
      ['sockets', ({ sockets }) => ranged(sockets)],
      ['kilobytes of a socket, in the server', ({ kilobytes }) => ranged(kilobytes, 1)],
      ['opened and caught up, a second', ({ openedPerSecond }) => ranged(openedPerSecond)],
      ['post → all rung, ms', ({ rung }) => ranged(rung)],
      ...usedRows<Repetition>((results) => results),
    ],
  ],
];

export const SOCKETS: Scenario<SocketsTarget, Repetition> = {
  about: 'what a socket takes that only stays open',
  startsAnew: true,
  setUp,
  measure,
  rates: () => ({}),
  sections: () => SECTIONS,
};
