import { availableParallelism } from 'node:os';
import { coresOf, type Usage, usage } from '../../bench/processor.ts';
import { type Row, told } from './report.ts';

/** Cores. A process with one thread of its own and so much to do sets the pace. */
const BUSY = 0.9;
/** Cores in use by none of ours; the network of the machine with itself is in it too. */
const OTHERS_ARE_BUSY = 0.5;

/** How busy these processes are from now until the returned function is called. */
export function watchProcessors(pids: Readonly<Record<string, number>>): () => Row[] {
  const before = usage(pids);
  const start = performance.now();
  return () => {
    const {
      generator = null,
      machine = null,
      ...others
    } = coresOf(before, usage(pids), (performance.now() - start) / 1_000);
    const ours = { poster: generator, ...others };
    const named = Object.entries({ ...ours, machine }).map(
      ([name, used]) => `${name} ${cores(used)}`,
    );
    return [told('cores in use', named.join(', ')), ...notesOn(ours, machine ?? 0)];
  };
}

function notesOn(ours: Usage, machine: number): Row[] {
  const { server = 0, ...crowd } = ours;
  const busy = Object.entries(crowd).filter(([, used]) => (used ?? 0) >= BUSY);
  const others = Object.values(crowd).reduce<number>(
    (rest, used) => rest - (used ?? 0),
    machine - (server ?? 0),
  );
  return [
    ...busy.map(([name]) => told('', `${name} was itself a bottleneck: the server can do more`)),
    ...(machine >= BUSY * availableParallelism()
      ? [told('', 'the machine had nothing left: times are of both ends')]
      : []),
    ...(others >= OTHERS_ARE_BUSY
      ? [told('', `something else used ${cores(others)} of them`)]
      : []),
  ];
}

const cores = (used: number | null): string => used?.toFixed(2) ?? 'n/a';
