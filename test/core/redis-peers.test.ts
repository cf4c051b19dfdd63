import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { keepPeers } from '../../src/core/redis-peers.ts';

test('a process that was only stopped is missed once', async (t) => {
  const peers = keepPeers();
  t.equal(peers.missesBefore('a', 1), false);
  t.equal(peers.missSilent(), 0);
  await sleep(4_100);
  t.equal(peers.missSilent(), 1);
  t.equal(peers.missSilent(), 0);
  t.equal(peers.missesBefore('a', 2), false, 'it goes on where it was');
  t.equal(peers.missesBefore('a', 4), true);
});
