import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type CrowdOptions, crowd } from '../../../scripts/verify/crowd/crowd.ts';

async function run(t: Test, options: Omit<CrowdOptions, 'dir' | 'print'>) {
  const dir = mkdtempSync(join(tmpdir(), 'doorbell-crowd-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const lines: string[] = [];
  const exitCode = await crowd({ ...options, dir, print: (line) => lines.push(line) });
  return { exitCode, report: lines.join('\n') };
}

test('three hundred clients are borne while idle, not reading and all back at once', async (t) => {
  // Of the whole machine, where other tests fill buffers at the same time.
  const goals = { hungMegabytes: 400 };
  const { exitCode, report } = await run(t, { sockets: 300, posts: 320, pairs: 10, goals });
  t.comment(report);
  t.equal(exitCode, 0);
  t.notMatch(report, 'BROKEN');
  for (const title of [
    'opened and caught up',
    'one post rang at',
    'reading again, told to resync',
    '… and caught up',
    'connected again and caught up',
  ]) {
    t.match(report, new RegExp(`^ {2}held +${title} +300 +300$`, 'm'));
  }
  t.match(report, /^ {2}held +the process grew by +-?[\d.]+ MB, .* ≤ 100.0 MB$/m);
  t.match(report, /^ {2}held +the process and the kernel grew by +-?[\d.]+ MB, .* ≤ 200.0 MB$/m);
  t.match(report, /^ {2}held +5xx other than a 503 with Retry-After +0 +0$/m);
  t.match(report, /^ +frames that the server dropped +[1-9]/m);
  t.match(report, /^ +it was away for +\d+\.\d\d s$/m);
  t.match(report, /^ +10 messages meanwhile, the last after +-?\d+\.\d\d s$/m);
  t.match(report, /^ {2}(held|missed) +… the last after +\d+\.\d\d s +≤ 5 s$/m);
});

test('a bound of memory that is broken fails the run', async (t) => {
  // Below what the buffers of others could hide by being emptied.
  const goals = { idleMegabytes: -1_000, hungMegabytes: -1_000 };
  const { exitCode, report } = await run(t, { sockets: 20, posts: 300, pairs: 1, goals });
  t.equal(exitCode, 1);
  t.match(report, /^ {2}BROKEN {2}the process grew by /m);
  t.match(report, /^ {2}BROKEN {2}the process and the kernel grew by /m);
});

test('sockets that do not fit into a process are refused, with the reason', async (t) => {
  const { exitCode, report } = await run(t, { sockets: 100_000_000 });
  t.equal(exitCode, 2);
  t.match(report, /^100,000,000 sockets do not fit\. .*open files.*ulimit -n/);
});
