// npm run bench [-- --overload | --rooms | --history | …]: the project's measure; --help lists what it can do.
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HERD } from './bench/herd.ts';
import { HISTORY } from './bench/history.ts';
import { noteTaker } from './bench/notes.ts';
import { type Options, readOptions, usageOf } from './bench/options.ts';
import { OVERLOAD } from './bench/overload.ts';
import { RECONNECT } from './bench/reconnect.ts';
import { describeMachine, printReport } from './bench/report.ts';
import { ROOMS } from './bench/rooms.ts';
import { type Column, runScenario, type Scenario } from './bench/scenario.ts';
import { SOCKETS } from './bench/sockets.ts';
import { makeStage } from './bench/stage.ts';
import { TALK } from './bench/talk-scenario.ts';

const SCENARIOS = {
  talk: runs(TALK),
  overload: runs(OVERLOAD),
  rooms: runs(ROOMS),
  herd: runs(HERD),
  history: runs(HISTORY),
  sockets: runs(SOCKETS),
  reconnect: runs(RECONNECT),
};

const options = optionsOrExit();
const dir = mkdtempSync(join(tmpdir(), 'doorbell-bench-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

const started = new AsyncDisposableStack();
const { run } = SCENARIOS[options.scenario as keyof typeof SCENARIOS];
const exitCode = await Promise.race([run(), interruption()]).catch((error) => {
  console.error(error);
  return 1;
});
await started.disposeAsync();
// What was interrupted may still be starting something; it ends with this process.
process.exit(exitCode);

/** `run` resolves to the exit code. */
function runs<C extends Column, R>(scenario: Scenario<C, R>) {
  const run = async (): Promise<number> => {
    const stage = makeStage({ options, dir, started, progress });
    const { look, notes } = noteTaker(dir);
    const results = await runScenario(scenario, stage, look);
    const report = {
      options,
      machine: describeMachine(),
      ...results,
      notes: [...stage.notes, ...notes()],
      errors: Object.fromEntries(stage.errors),
    };
    if (options.json) console.log(JSON.stringify(report, null, 2));
    else printReport(report, scenario.sections(options));
    return stage.errors.size > 0 ? 1 : 0;
  };
  return { about: scenario.about, run };
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
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usageOf(SCENARIOS));
    process.exit(0);
  }
  try {
    return readOptions(args, Object.keys(SCENARIOS));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usageOf(SCENARIOS)}`);
    process.exit(2);
  }
}
