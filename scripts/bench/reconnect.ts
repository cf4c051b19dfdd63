import { gather } from '../crowd/gathering.ts';
import { killAndReturn } from '../crowd/kill-and-return.ts';
import { obstacleTo } from '../crowd/obstacle.ts';
import { lastOf } from '../crowd/orders.ts';
import { seatsFor } from '../crowd/pairs.ts';
import { addressesFor, type CrowdTarget, setUpCrowdTargets, watchUse } from './crowd-target.ts';
import type { Installation } from './installation.ts';
import { ranged, type Section } from './report.ts';
import { usedRows } from './rows.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { type Percentiles, percentilesOf } from './statistics.ts';
import { untilIdle } from './until-idle.ts';
import type { Used } from './window.ts';

/** Of users; each user has an equal part of the clients. */
const PAIRS = 200;
/** Seconds in which all may return. */
const GOAL = 5;

interface Repetition extends Used {
  /** From the server's return, in seconds: until the last client has caught up, and until so many of a hundred. */
  last: number;
  caughtUp: Percentiles;
  toGoal: number;
  /** Clients in each of those seconds. */
  perSecond: number;
}

function setUp(stage: Stage): Promise<CrowdTarget[]> {
  const { clients, processes } = stage.options;
  const obstacle = obstacleTo(clients, { processes: 1, addresses: addressesFor(clients).length });
  if (obstacle !== undefined) throw new Error(obstacle);
  return setUpCrowdTargets(stage, { pairs: Math.min(PAIRS, Math.ceil(clients / 2)), processes });
}

/** All of its processes are killed with everybody connected, and started again. */
async function measure(stage: Stage, target: CrowdTarget): Promise<Repetition> {
  const { clients } = stage.options;
  await using started = new AsyncDisposableStack();
  const server = started.use(await target.start());
  await untilIdle(server.pids);
  const seats = seatsFor(target.pairs, clients);
  const crowd = started.use(await gather(server.port, seats, addressesFor(clients)));
  let use = watchUse(server, target, crowd);
  const { backAt, sight } = await killAndReturn({
    pairs: target.pairs,
    crowd,
    kill: () => kill(server),
    async restart() {
      const back = started.use(await target.start());
      use = watchUse(back, target, crowd);
    },
  });
  const used = use();
  if (sight.behind > 0) stage.errors.set(`${target.name}: did not catch up`, sight.behind);
  const waits = sight.caughtUpAt.map((time) => (time - backAt) / 1_000);
  const last = lastOf(waits);
  const caughtUp = percentilesOf(waits);
  return { last, caughtUp, toGoal: last / GOAL, perSecond: clients / last, ...used };
}

async function kill(server: Installation): Promise<void> {
  for (const pid of Object.values(server.pids)) process.kill(pid, 'SIGKILL');
  await server[Symbol.asyncDispose]();
}

const SECTIONS: readonly Section<Repetition>[] = [
  [
    'Ratio',
    [[`the last has caught up / ${GOAL} s, in which it should`, ({ toGoal }) => ranged(toGoal, 2)]],
  ],
  [
    'All come back after a kill -9',
    [
      ['back → the last has caught up, s', ({ last }) => ranged(last, 2)],
      ['back → half of them, s', ({ caughtUp }) => ranged(caughtUp.p50, 2)],
      ['back → 95 of a hundred, s', ({ caughtUp }) => ranged(caughtUp.p95, 2)],
      ['clients a second', ({ perSecond }) => ranged(perSecond)],
      ...usedRows<Repetition>((results) => results),
    ],
  ],
];

export const RECONNECT: Scenario<CrowdTarget, Repetition> = {
  about: 'how soon all clients have caught up after a kill -9 of the server',
  startsAnew: true,
  setUp,
  measure,
  rates: ({ perSecond, cores }) => ({ 'clients that come back': { perSecond, cores } }),
  sections: () => SECTIONS,
};
