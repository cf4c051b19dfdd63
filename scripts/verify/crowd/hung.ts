import { memoryOf, peakOf, watchKernel } from '../../crowd/memory.ts';
import { lastOf } from '../../crowd/orders.ts';
import type { Doorbell } from '../../support/processes.ts';
import { boundFor } from './goals.ts';
import { watchProcessors } from './processors.ts';
import {
  bounded,
  demandedOfAll,
  megabytes,
  type Row,
  type Section,
  seconds,
  told,
  whole,
  wished,
} from './report.ts';
import type { Stage } from './stage.ts';

/** Seconds for everybody to read what was held up, and to catch up on the rest. */
const PATIENCE = 60;
/** As many times what they took at first, the posts may take at last. */
const GROWTH = 2;

interface Posted {
  head: number;
  /** Milliseconds of each. */
  times: number[];
}

/** All sockets stop reading, so many messages ring at them, and they read again. */
export async function hung(stage: Stage): Promise<Section> {
  await stage.crowd.pause();
  const { head, rows } = await ringInVain(stage);
  return {
    title: `Readers that do not read, and ${whole(stage.posts)} messages that ring at each`,
    rows: [...rows, ...(await readAgain(stage, head))],
  };
}

async function ringInVain(stage: Stage): Promise<{ head: number; rows: Row[] }> {
  const { server, crowd, sockets, goals } = stage;
  const dropped = await droppedFrames(server);
  const processors = watchProcessors({ server: server.pid, ...crowd.pids });
  using kernel = watchKernel();
  const before = memoryOf(server.pid);
  const { head, times } = await postMany(stage);
  const grown = memoryOf(server.pid).process - before.process;
  const { tcp, slab } = kernel.peak();
  const bound = boundFor(sockets, goals.hungMegabytes);
  const rows = [
    bounded('the process and the kernel grew by', grown + tcp - before.tcp, bound, sockets),
    told('… the process', `${megabytes(grown)}, to ${megabytes(peakOf(server.pid))} at most`),
    told('… the buffers of the kernel, both ends', megabytes(tcp - before.tcp)),
    told('… its objects, which hold part of them', megabytes(slab - before.slab)),
    ...timesOf(times),
    told('frames that the server dropped', whole((await droppedFrames(server)) - dropped)),
    ...processors(),
  ];
  return { head, rows };
}

/** One after the other. */
async function postMany({ pair, posts }: Stage): Promise<Posted> {
  const times: number[] = [];
  let head = 0;
  for (let n = 1; n <= posts; n += 1) {
    const start = performance.now();
    head = await pair.post(`message ${n} that nobody reads`);
    times.push(performance.now() - start);
  }
  return { head, times };
}

/** The first frames are sent, those beyond what may be under way are dropped, which costs less. */
function timesOf(times: readonly number[]): Row[] {
  const third = Math.ceil(times.length / 3);
  const [first, last] = [median(times.slice(0, third)), median(times.slice(-third))];
  const bound = first * GROWTH;
  return [
    wished(
      'a post took, the first third → the last',
      last <= bound,
      `${first.toFixed(1)} → ${last.toFixed(1)} ms`,
      `≤ ${bound.toFixed(1)} ms`,
    ),
    told('… at most', `${lastOf(times).toFixed(1)} ms`),
  ];
}

async function readAgain({ pair, crowd, sockets }: Stage, head: number): Promise<Row[]> {
  const start = Date.now();
  await crowd.resume();
  const question = { heads: { [pair.conversationId]: head }, syncedSince: start };
  const { caughtUpAt, resynced } = await crowd.lookUntilCaughtUp(question, PATIENCE);
  return [
    demandedOfAll('reading again, told to resync', resynced, sockets),
    demandedOfAll('… and caught up', caughtUpAt.length, sockets),
    told('… the last after', seconds(lastOf(caughtUpAt) - start)),
  ];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function droppedFrames({ port }: Doorbell): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^doorbell_frames_dropped_total (\d+)/m.exec(metrics)?.[1] ?? Number.NaN);
}
