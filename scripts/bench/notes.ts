import { statfsSync } from 'node:fs';
import { isOfGenerator } from './processor.ts';
import type { Rate } from './scenario.ts';

/** Cores. Above it, the load generator and not the server may have set the pace. */
const GENERATOR_IS_BUSY = 0.95;
/** Cores that are used by none of the processes of the benchmark, the kernel's own work for them included. */
const OTHERS_ARE_BUSY = 0.5;
/** Loads that are named where many are to be told of. */
const NAMED = 3;
/** TMPFS_MAGIC of statfs(2). */
const TMPFS = 0x01021994;

/** What to know before a figure is believed. */
export function noteTaker(dir: string) {
  const generators = new Map<string, number>();
  const others = new Map<string, number>();
  const raise = (most: Map<string, number>, name: string, cores: number) =>
    most.set(name, Math.max(cores, most.get(name) ?? 0));
  return {
    look(column: string, rates: Record<string, Rate>): void {
      for (const [load, { cores }] of Object.entries(rates)) {
        const name = `${column}, ${load}`;
        const generating = Object.entries(cores).filter(([process]) => isOfGenerator(process));
        raise(generators, name, Math.max(...generating.map(([, used]) => used ?? 0)));
        raise(others, name, othersOf(cores));
      }
    },
    notes: (): string[] => [
      ...(statfsSync(dir).type === TMPFS
        ? [`${dir} is in memory, so no commit waited for a disk: set TMPDIR.`]
        : []),
      ...above(
        generators,
        GENERATOR_IS_BUSY,
        (cores, loads) =>
          `The load generator was itself the bottleneck, with up to ${cores} of a core; the server can do more: ${loads}.`,
      ),
      ...above(
        others,
        OTHERS_ARE_BUSY,
        (cores, loads) => `Something else kept up to ${cores} cores of the machine busy: ${loads}.`,
      ),
    ],
  };
}

function above(
  most: ReadonlyMap<string, number>,
  bound: number,
  tell: (cores: string, loads: string) => string,
): string[] {
  const found = [...most].filter(([, cores]) => cores >= bound);
  if (found.length === 0) return [];
  const cores = Math.max(...found.map(([, each]) => each)).toFixed(2);
  const named = found.slice(0, NAMED).map(([name]) => name);
  const more = found.length > NAMED ? [`${found.length - NAMED} more`] : [];
  return [tell(cores, [...named, ...more].join('; '))];
}

function othersOf({ machine, ...known }: Rate['cores']): number {
  const used = Object.values(known);
  if (machine == null || used.includes(null)) return 0;
  return used.reduce<number>((rest, cores) => rest - (cores ?? 0), machine);
}
