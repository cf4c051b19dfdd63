// npm run bench [-- --seconds 5 --users 200 --conversations 100 --repetitions 3 --json]
// How fast a message gets from its post to the other's hands, beside what the machine could do at best.
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, type Repetition } from './bench/measure.ts';
import { notesOn } from './bench/notes.ts';
import { type Options, readOptions, USAGE } from './bench/options.ts';
import { describeMachine, printReport, type Report } from './bench/report.ts';
import { setUp } from './bench/set-up.ts';
import { summarise } from './bench/statistics.ts';

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
  progress('starting the servers and making the accounts');
  const { bench, targets } = await setUp(dir, options, started);
  const repetitions = new Map(targets.map(({ name }) => [name, [] as Repetition[]]));
  for (let round = 0; round <= options.repetitions; round += 1)
    for (const target of targets) {
      progress(
        round === 0
          ? `${target.name}: warm-up`
          : `${target.name}: ${round} of ${options.repetitions}`,
      );
      const repetition = await measure(bench, target);
      if (round > 0) repetitions.get(target.name)?.push(repetition);
    }
  const report: Report = {
    options,
    machine: describeMachine(),
    targets: Object.fromEntries([...repetitions].map(([name, all]) => [name, summarise(all)])),
    notes: notesOn(dir, repetitions),
    errors: Object.fromEntries(bench.errors),
  };
  if (options.json) console.log(JSON.stringify(report, null, 2));
  else printReport(report);
  return bench.errors.size > 0 ? 1 : 0;
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
