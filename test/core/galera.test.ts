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
const [first, second, third] = cluster.nodes;

/** As operators should not have it: their first nodes differ. */
const crossed = [cluster.nodes, [second, third, first]] as const;

test('what was just acknowledged is there at once for a process on another node', async (t) => {
  const [here, there] = await startPair(t, 'readers', crossed);
  const ana = await here.signUp('ana');
  const id = await ana.open('ana');
  const ends = [ana, ana.at(there)];
  await ends[1]?.get('/users/me');
  for (const node of [first, second])
    t.ok((await connectionsTo(node, 'readers')) > 0, 'the premise: each has a node of its own');
  let missing = 0;
  for (let tries = 0; tries < 400; tries += 1) {
    const [writer, reader] = tries % 2 === 0 ? ends : ends.toReversed();
    const posted = await writer?.postMessage(id, `try number ${tries}`);
    const { status, body } = (await reader?.get(`/messages/${posted?.body.id}`)) ?? {};
    if (status !== 200 || body.body !== `try number ${tries}`) missing += 1;
  }
  t.equal(missing, 0);
});

test('writers at different nodes fail certification and try again, and no sequence is lost', async (t) => {
  const [here, there] = await startPair(t, 'writers', crossed);
  const ana = await here.signUp('ana');
  const id = await ana.open('ana');
  const before = await countConflicts();
  const writers = [ana, ana.at(there)].map((user, n) => keepPosting(user, id, `writer-${n}`));
  await until(() => writers.every(({ acknowledged }) => acknowledged.size >= 150), 30_000);
  await Promise.all(writers.map(({ stop }) => stop()));
  t.ok((await countConflicts()) > before, 'the premise');
  await requireExactly(t, [ana, ana.at(there)], id, writers);
});

test('after all nodes were killed at once everything acknowledged is there, without a restart of ours', async (t) => {
  const [here, there] = await startPair(t, 'killed', [cluster.nodes, cluster.nodes]);
  const ana = await here.signUp('ana');
  const id = await ana.open('ana');
  const writers = [ana, ana.at(there)].map((user, n) => keepPosting(user, id, `writer-${n}`));
  await untilAllPost(writers);
  await Promise.all(cluster.nodes.map((node) => node.kill()));
  const refused = await Promise.all(Array.from({ length: 20 }, () => ana.get('/users/me')));
  t.same([...new Set(refused.map(({ status }) => status))], [503]);
  await cluster.restart();
  await untilAllPost(writers);
  await Promise.all(writers.map(({ stop }) => stop()));
  await requireExactly(t, [ana, ana.at(there)], id, writers);
});

/** Transactions that nodes undid because another node was first. */
async function countConflicts(): Promise<number> {
  const rows = await Promise.all(
    cluster.nodes.map((node) =>
      query(
        node.url,
        "show status where variable_name in ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')",
      ),
    ),
  );
  return rows.flat().reduce((sum, row) => sum + Number(row['Value']), 0);
}
