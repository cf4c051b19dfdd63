import { statfsSync } from 'node:fs';
import type { Repetition } from './measure.ts';
import type { Figures } from './talk.ts';

/** Cores. Above it, the load generator and not the server may have set the pace. */
const GENERATOR_IS_BUSY = 0.9;
/** Cores that are used by none of the processes of the benchmark, the kernel's own work for them included. */
const OTHERS_ARE_BUSY = 0.5;
/** TMPFS_MAGIC of statfs(2). */
const TMPFS = 0x01021994;

/** What to know before a figure is believed. */
export function notesOn(
  dir: string,
  repetitions: ReadonlyMap<string, readonly Repetition[]>,
): string[] {
  const inMemory = statfsSync(dir).type === TMPFS;
  return [
    ...(inMemory ? [`${dir} is in memory, so no commit waited for a disk: set TMPDIR.`] : []),
    ...[...repetitions].flatMap(([name, all]) => [
      ...notesOnFigures(
        `talk of ${name}`,
        all.map(({ talk }) => talk),
      ),
      ...notesOnFigures(
        `bare talk after ${name}`,
        all.map(({ limits }) => limits.talk),
      ),
      ...notesOnFigures(
        `Socket.IO after ${name}`,
        all.map(({ peers }) => peers.socketIo),
      ),
      ...notesOnFigures(
        `Socket.IO with an insert after ${name}`,
        all.map(({ peers }) => peers.withInsert),
      ),
    ]),
  ];
}

function notesOnFigures(name: string, all: readonly Figures[]): string[] {
  const busiest = Math.max(...all.map(({ cores }) => cores['generator'] ?? 0));
  const others = Math.max(
    ...all.map(({ cores: { machine, ...known } }) => othersOf(machine, known)),
  );
  return [
    ...(busiest >= GENERATOR_IS_BUSY
      ? [
          `${name}: the load generator was itself the bottleneck, with ${busiest.toFixed(2)} of a core; the server can do more.`,
        ]
      : []),
    ...(others >= OTHERS_ARE_BUSY
      ? [`${name}: something else kept ${others.toFixed(2)} cores of the machine busy.`]
      : []),
  ];
}

function othersOf(
  machine: number | null | undefined,
  known: Record<string, number | null>,
): number {
  const used = Object.values(known);
  if (machine == null || used.includes(null)) return 0;
  return used.reduce<number>((rest, cores) => rest - (cores ?? 0), machine);
}
