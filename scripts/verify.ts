// npm run verify [-- --minutes 3 --seed 7 --topology embedded|pair|cluster, or --url https://…]
// Talks to an installation that it keeps breaking, writes down what was acknowledged, and then checks that all of it is
// there: once, in one order, and with everybody. With --crowd 10000: what very many clients cost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from './support/command.ts';
import { crowd } from './verify/crowd/crowd.ts';
import { readOptions, USAGE, type VerifyOptions } from './verify/options.ts';
import { isHeld, report } from './verify/report.ts';
import { run } from './verify/run.ts';
import { given } from './verify/topologies/given.ts';
import { topologies } from './verify/topologies/index.ts';

const options = optionsOrExit();
const dir = mkdtempSync(join(tmpdir(), 'doorbell-verify-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
// Not `exitCode`: after thousands of broken connections, Node 26.10 was seen to clean up its handles for ever.
process.exit(await (options.crowd ? crowd({ sockets: options.crowd, dir }) : verify(options)));

async function verify(options: VerifyOptions) {
  const { urls, topology: name, seed, minutes, faults, patience, imports } = options;
  const start = topologies[name];
  await using topology = urls || !start ? given(urls ?? []) : await start({ dir, imports });
  console.log(`${urls?.join(', ') ?? name}, ${minutes} minutes, seed ${seed}`);
  for (const note of topology.notes) console.log(note);
  const verdict = await run(topology, {
    minutes,
    seed,
    only: faults,
    patience,
    onRound(round, secondsLeft) {
      const names = round.faults.map((fault) => fault.name).join(', and ');
      process.stderr.write(`… ${Math.round(secondsLeft)} s left: ${names}\n`);
    },
  });
  report(verdict, (line) => console.log(line));
  return isHeld(verdict) ? 0 : 1;
}

function optionsOrExit(): VerifyOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}
