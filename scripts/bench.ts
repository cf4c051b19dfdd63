// npm run bench [-- --seconds 5 --users 200 --conversations 100 --repetitions 3 --json --overload --rooms --herd --history 10000,1000000]
// How fast a message gets from its post to the other's hands, beside what the machine could do at best;
// with --overload, what is left of that when five times as much is asked for, with --rooms, how it is
// when many hear of the same message, with --herd, what it brings to tell a crowd how far to spread, and with
// --history, how fast is read from stores of these sizes.
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HERD_SECTIONS, measureHerd } from './bench/herd.ts';
import { setUpHerds } from './bench/herd-set-up.ts';
import { historySections, measureHistory } from './bench/history.ts';
import { setUpHistory } from './bench/history-set-up.ts';
import { type Bench, measure } from './bench/measure.ts';
import { notesOn } from './bench/notes.ts';
import { type Options, readOptions, USAGE } from './bench/options.ts';
import { measureOverload, OVERLOAD_SECTIONS } from './bench/overload.ts';
import { describeMachine, printReport, type Report, type Section } from './bench/report.ts';
import {
  CROWD_SIZE,
  gatherCrowd,
  inventCrowd,
  measureRooms,
  ROOMS_SECTIONS,
} from './bench/rooms.ts';
import { setUp, startGenerator } from './bench/set-up.ts';
import { summarise } from './bench/statistics.ts';
import { TALK_SECTIONS } from './bench/talk-sections.ts';

const options = optionsOrExit();
const dir = mkdtempSync(join(tmpdir(), 'doorbell-bench-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

const started = new AsyncDisposableStack();
const exitCode = await Promise.race([run(), interruption()]).catch((error) => {
  console.error(error);
  return 1;
});
await started.disposeAsync();
// What was interrupted may still be starting something; it ends with this process.
process.exit(exitCode);

async function run(): Promise<number> {
  if (options.history) return runHistory(options.history);
  if (options.herd) return runHerd();
  progress('starting the servers and making the accounts');
  const size = options.rooms ? { users: CROWD_SIZE, conversations: 0 } : {};
  const { bench, targets } = await setUp(dir, { ...options, ...size }, started);
  if (options.overload) {
    const repetitions = await repeat(targets, (target) => measureOverload(bench, target));
    return tell(bench, repetitions, OVERLOAD_SECTIONS, []);
  }
  if (options.rooms) {
    const { rooms: peerRooms } = await inventCrowd();
    const crowds = await Promise.all(targets.map(gatherCrowd));
    const named = crowds.map((crowd) => ({ ...crowd, name: crowd.target.name }));
    const repetitions = await repeat(named, (crowd) => measureRooms(bench, crowd, peerRooms));
    return tell(bench, repetitions, ROOMS_SECTIONS, []);
  }
  const repetitions = await repeat(targets, (target) => measure(bench, target));
  return tell(bench, repetitions, TALK_SECTIONS, notesOn(dir, repetitions));
}

async function runHistory(sizes: readonly number[]): Promise<number> {
  const shelves = await setUpHistory(dir, sizes, started, progress);
  const bench = { options, generator: startGenerator(started), errors: new Map<string, number>() };
  const repetitions = await repeat(shelves, (shelf) => measureHistory(bench, shelf));
  return tell(bench, repetitions, historySections(sizes), []);
}

async function runHerd(): Promise<number> {
  progress('making the accounts of the crowd');
  const herds = await setUpHerds(dir, started);
  const repetitions = await repeat(herds, (herd) => measureHerd(herd, options));
  return tell({ errors: new Map() }, repetitions, HERD_SECTIONS, []);
}

/** All targets by turns, once without counting. */
async function repeat<T extends { name: string }, R>(
  targets: readonly T[],
  measureOnce: (target: T) => Promise<R>,
) {
  const repetitions = new Map(targets.map(({ name }) => [name, [] as R[]]));
  for (let round = 0; round <= options.repetitions; round += 1)
    for (const target of targets) {
      progress(
        round === 0
          ? `${target.name}: warm-up`
          : `${target.name}: ${round} of ${options.repetitions}`,
      );
      const repetition = await measureOnce(target);
      if (round > 0) repetitions.get(target.name)?.push(repetition);
    }
  return repetitions;
}

/** Returns the exit code. */
function tell<R>(
  { errors }: Pick<Bench, 'errors'>,
  repetitions: ReadonlyMap<string, readonly R[]>,
  sections: readonly Section<R>[],
  notes: string[],
): number {
  const report: Report<R> = {
    options,
    machine: describeMachine(),
    targets: Object.fromEntries([...repetitions].map(([name, all]) => [name, summarise(all)])),
    notes,
    errors: Object.fromEntries(errors),
  };
  if (options.json) console.log(JSON.stringify(report, null, 2));
  else printReport(report, sections);
  return errors.size > 0 ? 1 : 0;
}

function interruption(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => resolve(128 + constants.signals[signal]));
  return promise;
}

function progress(text: string): void {
  console.error(`… ${text}`);
}

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}
