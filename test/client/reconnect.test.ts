import { test } from 'tap';
import { reconnectAfter } from '../../src/client/reconnect.ts';

test('a lost connection, a restart and a missed heartbeat are followed by a prompt attempt', async (t) => {
  for (const code of [1006, 1001, 4408]) t.same(reconnectAfter(code), {});
  const { wait = Number.NaN } = reconnectAfter(1012);
  t.ok(wait >= 0 && wait <= 3_000);
});

test('those whose server had much to do spread further before they come back', async (t) => {
  const waits = (code: number, spread: number) =>
    Array.from({ length: 100 }, () => reconnectAfter(code, spread).wait ?? Number.NaN);
  const lost = waits(1006, 400);
  t.ok(lost.every((wait) => wait >= 0 && wait <= 400) && Math.max(...lost) > 300);
  t.ok(Math.max(...waits(1012, 10_000)) > 3_000);
});

test('a token that ended, or whose access was revoked, is renewed first', async (t) => {
  for (const code of [4401, 4403]) t.same(reconnectAfter(code), { needsToken: true });
});

test('a client that the server refuses stays away for half a minute or longer', async (t) => {
  for (const code of [4409, 4413, 4429, 4499]) {
    const { wait = Number.NaN } = reconnectAfter(code);
    t.ok(wait >= 30_000 && wait <= 60_000, `${code}`);
  }
});
