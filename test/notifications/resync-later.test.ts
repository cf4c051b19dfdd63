import { test } from 'tap';
import { startRelay } from '../../scripts/verify/network/relay.ts';
import { emptyStore } from '../support/databases.ts';
import { startServer } from '../support/process.ts';
import { until } from '../support/until.ts';

test('a COMMIT whose answer is lost is made up for, though the sender never asks again', async (t) => {
  const env = await emptyStore(t, 'mysql');
  const address = new URL(env['DATABASE_URL'] ?? '');
  const relay = await startRelay(Number(address.port));
  t.teardown(() => relay[Symbol.asyncDispose]());
  address.port = String(relay.port);
  const server = await startServer(t, { ...env, DATABASE_URL: address.href });
  const ana = await server.signUp('ana');
  const ben = await server.signUp('ben');
  const id = await ana.open('ben');
  const socket = await ben.socket();
  const resyncs = () => socket.frames.filter((frame) => frame['event'] === 'resync').length;

  const lost = relay.loseCommitAnswers(1);
  const answer = await ana.postMessage(id, 'is anybody there?');
  t.match(answer, { status: 503, body: { code: 'unavailable' } });
  t.equal(await lost, 1);
  await until(() => resyncs() === 1);
  t.match(await ben.readAll(id), [{ body: 'is anybody there?' }]);
  await until(() => resyncs() === 2, 10_000);
  t.equal(await server.stop(), 0);
});
