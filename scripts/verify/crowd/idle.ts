import { setTimeout as sleep } from 'node:timers/promises';
import { type Memory, memoryOf } from '../../crowd/memory.ts';
import { lastOf } from '../../crowd/orders.ts';
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
} from './report.ts';
import type { Stage } from './stage.ts';

/** Milliseconds. */
const SETTLING = 2_000;
/** Seconds that one ring may take; far more than it should. */
const PATIENCE = 30;

/** Sockets that only stay open, all of which have just been opened, and one message that all are told of. */
export async function idle(stage: Stage, before: Memory): Promise<Section> {
  const opening = Date.now() - before.at;
  await sleep(SETTLING);
  const memory = memoryRows(stage, before);
  return {
    title: 'Sockets that only stay open',
    rows: [
      ...(await openingRows(stage, before.at, opening)),
      ...memory,
      ...(await ringOnce(stage)),
    ],
  };
}

async function openingRows({ crowd, sockets }: Stage, start: number, took: number): Promise<Row[]> {
  const { caughtUpAt } = await crowd.look({ heads: {}, syncedSince: start });
  const rate = whole(Math.round((1_000 * sockets) / took));
  return [
    demandedOfAll('opened and caught up', caughtUpAt.length, sockets),
    told('… within', `${seconds(took)}, ${rate} a second`),
  ];
}

function memoryRows({ server, sockets, goals }: Stage, before: Memory): Row[] {
  const after = memoryOf(server.pid);
  const bound = boundFor(sockets, goals.idleMegabytes);
  return [
    bounded('the process grew by', after.process - before.process, bound, sockets),
    told('… to', megabytes(after.process)),
    told('the kernel by, both ends, objects', megabytes(after.slab - before.slab)),
    told('… and buffers', megabytes(after.tcp - before.tcp)),
  ];
}

async function ringOnce({ server, pair, crowd, sockets }: Stage): Promise<Row[]> {
  const processors = watchProcessors({ server: server.pid, ...crowd.pids });
  const start = Date.now();
  const heads = { [pair.conversationId]: await pair.post('heard by everybody') };
  const posted = Date.now() - start;
  const { caughtUpAt } = await crowd.lookUntilCaughtUp({ heads }, PATIENCE);
  return [
    demandedOfAll('one post rang at', caughtUpAt.length, sockets),
    told('… it was answered after', seconds(posted)),
    told('… the last was rung after', seconds(lastOf(caughtUpAt) - start)),
    ...processors(),
  ];
}
