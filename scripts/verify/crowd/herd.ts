import { percentilesOf } from '../../bench/statistics.ts';
import { gather } from '../../crowd/gathering.ts';
import { killAndReturn, type Returned } from '../../crowd/kill-and-return.ts';
import { listenOverflows, memoryOf, peakOf, watchKernel } from '../../crowd/memory.ts';
import { lastOf, type Sight } from '../../crowd/orders.ts';
import { seatsFor, signUpPairs } from '../../crowd/pairs.ts';
import { startDoorbell } from '../../support/processes.ts';
import type { Goals } from './goals.ts';
import { watchProcessors } from './processors.ts';
import {
  demanded,
  demandedOfAll,
  megabytes,
  type Row,
  type Section,
  seconds,
  told,
  whole,
  wished,
} from './report.ts';

interface HerdOptions {
  sockets: number;
  pairs: number;
  goals: Goals;
}

/** The process is killed with everybody connected and started again; in every conversation somebody posts. */
export async function herd(
  dir: string,
  settings: Record<string, string>,
  options: HerdOptions,
): Promise<Section> {
  await using started = new AsyncDisposableStack();
  const server = started.use(await startDoorbell(dir, settings));
  const pairs = await signUpPairs(server.port, options.pairs);
  const crowd = started.use(await gather(server.port, seatsFor(pairs, options.sockets)));
  const before = await crowd.look({ heads: {} });
  const beforeKernel = { ...memoryOf(server.pid), overflows: listenOverflows() };

  using kernel = watchKernel();
  let back = server;
  let processorRows = (): Row[] => [];
  const returned = await killAndReturn({
    pairs,
    crowd,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server[Symbol.asyncDispose]();
    },
    async restart() {
      back = started.use(await startDoorbell(dir, { ...settings, PORT: String(server.port) }));
      processorRows = watchProcessors({ server: back.pid, ...crowd.pids });
    },
  });
  return {
    title: 'The process is killed with everybody connected, and comes back',
    rows: [
      ...returnRows(returned, options),
      ...requestRows(returned.sight, before),
      told('connections turned away for now', whole(listenOverflows() - beforeKernel.overflows)),
      told('the new process, at most', megabytes(peakOf(back.pid))),
      told('the buffers of the kernel, at most', megabytes(kernel.peak().tcp)),
      told('its objects grew by', megabytes(kernel.peak().slab - beforeKernel.slab)),
      ...processorRows(),
    ],
  };
}

function returnRows(returned: Returned, { sockets, pairs, goals }: HerdOptions): Row[] {
  const { killedAt, backAt, postedAt, sight } = returned;
  const waits = sight.caughtUpAt.map((time) => time - backAt);
  const { p50, p95 } = percentilesOf(waits);
  const last = lastOf(waits);
  const isInTime = last <= goals.caughtUpSeconds * 1_000;
  return [
    told('it was away for', seconds(backAt - killedAt)),
    told(`${whole(pairs)} messages meanwhile, the last after`, seconds(postedAt - backAt)),
    demandedOfAll('connected again and caught up', waits.length, sockets),
    wished('… the last after', isInTime, seconds(last), `≤ ${goals.caughtUpSeconds} s`),
    told('… half of them, and 95 of 100, after', `${seconds(p50)}, ${seconds(p95)}`),
  ];
}

function requestRows(sight: Sight, before: Sight): Row[] {
  const answers = Object.entries(sight.answers)
    .map(([status, count]) => ({ status, count: count - (before.answers[status] ?? 0) }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${whole(count)} × ${status}`);
  const undeclared = sight.undeclared - before.undeclared;
  return [
    told('requests were answered', answers.join(', ')),
    told('… and not answered', whole(sight.unanswered - before.unanswered)),
    demanded('5xx other than a 503 with Retry-After', undeclared === 0, whole(undeclared), '0'),
  ];
}
