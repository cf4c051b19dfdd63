// npm run fuzz [-- --cases 100000 --seed 7 --store sqlite|mysql --only messages]
// Starts a server of its own and sends every route and every socket command what is valid, almost valid and not valid at
// all, made from the documents that the server gives of itself. What comes back must be as these say, and be no one else's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchServer } from './fuzz/check-server.ts';
import { readOptions, USAGE } from './fuzz/options.ts';
import { report } from './fuzz/report.ts';
import { fuzz } from './fuzz/run.ts';
import { startServer } from './fuzz/server.ts';
import { CommandError } from './support/command.ts';

const options = optionsOrExit();
const dir = mkdtempSync(join(tmpdir(), 'doorbell-fuzz-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
process.exit(await run());

async function run(): Promise<number> {
  const { cases, seed, store, only } = options;
  console.log(`${cases} cases over ${store}, seed ${seed}`);
  await using server = await startServer(dir, store);
  const watch = watchServer(server);
  const step = Math.ceil(cases / 10);
  const startedAt = performance.now();
  const verdict = await fuzz({
    ...{ url: server.url, cases, seed, only, promote: server.promote },
    onProgress(done) {
      if (done % step !== 0) return;
      watch.warm();
      process.stderr.write(`… ${done} of ${cases}\n`);
    },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const growth = watch.growth();
  const ofServer = await watch.check();
  report({ ...verdict, ofServer, seconds, growth, seed }, (line) => console.log(line));
  return verdict.findings.length + ofServer.length > 0 ? 1 : 0;
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}
