import t, { test } from 'tap';
import {
  connectionsTo,
  keepPosting,
  query,
  requireExactly,
  startCluster,
  startPair,
  untilAllPost,
} from '../support/galera.ts';
import { until } from '../support/until.ts';

const cluster = await startCluster(t);
const [first] = cluster.nodes;

test('posting goes on while the first node dies, returns, is cut off and stops', async (t) => {
  const [here, there] = await startPair(t, 'faults', [cluster.nodes, cluster.nodes]);
  const ana = await here.signUp('ana');
  const id = await ana.open('ana');
  const writers = ['1', '2', '3', '4'].map((name, n) =>
    keepPosting(n % 2 === 0 ? ana : ana.at(there), id, name),
  );
  const postsGoOn = () => untilAllPost(writers);
  const writesOfFirst = async (): Promise<number> => {
    const [row] = await query(first.url, "show status like 'wsrep_replicated'");
    return Number(row?.['Value']);
  };
  const usesFirst = async () => {
    const before = await writesOfFirst();
    await until(async () => (await writesOfFirst()) > before + 20, 20_000);
  };

  await postsGoOn();
  await first.kill();
  await postsGoOn();
  await first.start();
  await usesFirst();
  await postsGoOn();

  await first.isolate();
  await postsGoOn();
  await until(async () => (await connectionsTo(first, 'faults')) === 0);
  await first.heal();
  await usesFirst();
  await postsGoOn();

  process.kill(first.pid, 'SIGSTOP');
  await postsGoOn();
  process.kill(first.pid, 'SIGCONT');
  await usesFirst();
  await postsGoOn();

  await Promise.all(writers.map(({ stop }) => stop()));
  const acknowledged = await requireExactly(t, [ana, ana.at(there)], id, writers);
  for (const node of cluster.nodes) {
    const counting =
      'set statement wsrep_sync_wait = 1 for select count(*) as n from faults.messages';
    t.match(await query(node.url, counting), [{ n: acknowledged }]);
  }
});
