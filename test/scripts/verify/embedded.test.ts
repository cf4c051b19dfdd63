import { test } from 'tap';
import { startApp } from '../../support/app.ts';
import { HELD, verify } from './verify.ts';

test('what was acknowledged survives faults: one process over SQLite', async (t) => {
  const { stdout } = await verify('--minutes', '0.2', '--seed', '3');
  t.match(stdout, 'embedded, 0.2 minutes, seed 3');
  for (const line of Object.values(HELD)) t.match(stdout, line);
  t.notMatch(stdout, 'BROKEN');
});

test('an installation of somebody else suffers only what clients can do', async (t) => {
  const app = await startApp(t, { env: { HEARTBEAT_SECONDS: '2' } });
  const { stdout } = await verify('--minutes', '0.1', '--url', app.url);
  t.match(stdout, /^\| half the clients leave and return \|/m);
  t.match(stdout, HELD.durable);
  t.notMatch(stdout, /kill|BROKEN/);
});

test('a wrong option is named', async (t) => {
  for (const [option = '', value = ''] of [
    ['--minutes', '0'],
    ['--seed', 'x'],
    ['--topology', 'moon'],
    ['--url', 'nowhere'],
  ]) {
    await t.rejects(verify(option, value), { code: 2, stderr: new RegExp(option) });
  }
});
