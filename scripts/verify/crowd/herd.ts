import { inBatches } from '../../bench/in-batches.ts';
import { percentilesOf } from '../../bench/statistics.ts';
import { type Doorbell, startDoorbell } from '../../support/processes.ts';
import { type Gathering, gather } from './gathering.ts';
import type { Goals } from './goals.ts';
import { listenOverflows, memoryOf, peakOf, watchKernel } from './memory.ts';
import { lastOf, type Sight } from './orders.ts';
import { type Pair, seatsFor, signUpPairs } from './pairs.ts';
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

/** Seconds for everybody to come back. */
const PATIENCE = 60;
/** Posts under way; each is repeated until the process is back. */
const POSTING_AT_ONCE = 8;

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
  const restart = async () => {
    const port = String(server.port);
    const restarted = await startDoorbell(dir, { ...settings, PORT: port });
    return started.use(restarted);
  };
  const returned = await killAndReturn({ server, pairs, crowd, restart });
  return {
    title: 'The process is killed with everybody connected, and comes back',
    rows: [
      ...returnRows(returned, options),
      ...requestRows(returned.sight, before),
      told('connections turned away for now', whole(listenOverflows() - beforeKernel.overflows)),
      told('the new process, at most', megabytes(returned.peak)),
      told('the buffers of the kernel, at most', megabytes(kernel.peak().tcp)),
      told('its objects grew by', megabytes(kernel.peak().slab - beforeKernel.slab)),
      ...returned.processors,
    ],
  };
}

type Returned = Awaited<ReturnType<typeof killAndReturn>>;

/** Times are milliseconds since 1970. */
async function killAndReturn(all: {
  server: Doorbell;
  pairs: readonly Pair[];
  crowd: Gathering;
  restart: () => Promise<Doorbell>;
}) {
  const { crowd, server } = all;
  const killedAt = Date.now();
  process.kill(server.pid, 'SIGKILL');
  await server[Symbol.asyncDispose]();
  const posting = postInAll(all.pairs);
  const { pid } = await all.restart();
  const readyAt = Date.now();
  const processors = watchProcessors({ server: pid, ...crowd.pids });
  const { heads, postedAt } = await posting;
  const sight = await crowd.lookUntilCaughtUp({ heads, syncedSince: killedAt }, PATIENCE);
  // Who waits for a place may see it later than the first of the crowd.
  const backAt = Math.min(readyAt, sight.openedAt ?? readyAt);
  const posts = all.pairs.length;
  return { killedAt, backAt, postedAt, posts, sight, peak: peakOf(pid), processors: processors() };
}

/** Resolves to the newest sequence of each conversation, and to when the last was acknowledged. */
async function postInAll(pairs: readonly Pair[]) {
  const heads = await inBatches(pairs, POSTING_AT_ONCE, async ({ conversationId, post }) => [
    conversationId,
    await post('said while everybody was away'),
  ]);
  return { heads: Object.fromEntries(heads), postedAt: Date.now() };
}

function returnRows(returned: Returned, { sockets, goals }: HerdOptions): Row[] {
  const { killedAt, backAt, postedAt, posts, sight } = returned;
  const waits = sight.caughtUpAt.map((time) => time - backAt);
  const { p50, p95 } = percentilesOf(waits);
  const last = lastOf(waits);
  const isInTime = last <= goals.caughtUpSeconds * 1_000;
  return [
    told('it was away for', seconds(backAt - killedAt)),
    told(`${whole(posts)} messages meanwhile, the last after`, seconds(postedAt - backAt)),
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
