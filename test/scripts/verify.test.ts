import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'tap';

const run = promisify(execFile);
const verify = (...args: string[]) => run(process.execPath, ['scripts/verify.ts', ...args]);

for (const topology of ['embedded', 'pair']) {
  test(`what was acknowledged survives faults: ${topology}`, async (t) => {
    const { stdout } = await verify('--minutes', '0.2', '--seed', '3', '--topology', topology);
    t.match(stdout, /^[1-9]\d* messages, [1-9]\d* acknowledged; seed 3$/m);
    t.match(stdout, /held +durable/);
    t.match(stdout, /held +convergence/);
    t.notMatch(stdout, 'BROKEN');
  });
}

test('a wrong option is named', async (t) => {
  for (const [option = '', value = ''] of [
    ['--minutes', '0'],
    ['--seed', 'x'],
    ['--topology', 'moon'],
  ]) {
    await t.rejects(verify(option, value), { code: 2, stderr: new RegExp(option) });
  }
});
