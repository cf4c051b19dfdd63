import { test } from 'tap';
import { HELD, verify } from './verify.ts';

test('what was acknowledged survives faults: two processes, MariaDB and Redis', async (t) => {
  const { stdout } = await verify('--minutes', '0.2', '--seed', '3', '--topology', 'pair');
  for (const line of Object.values(HELD)) t.match(stdout, line);
  t.notMatch(stdout, 'BROKEN');
});
