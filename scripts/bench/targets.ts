import { join } from 'node:path';
import { startProcess } from '../support/processes.ts';
import { invent, signUp } from './accounts.ts';
import { startInstallation } from './installation.ts';
import { startPeers } from './peers.ts';
import type { Stage } from './stage.ts';
import { makeFolder, type Stores, startStores } from './stores.ts';
import { type Cast, POOL_SIZE, type Rival, severalName, type Target } from './target.ts';

const DATABASE = 'doorbell';

/** One after the other: the accounts of both at once would only share the processor. */
export async function setUpTargets(stage: Stage, cast: Cast): Promise<Target[]> {
  stage.progress('starting the servers and making the accounts');
  const { processes } = stage.options;
  const stores = await startStores(stage);
  const { started } = stage;
  const limits = {
    bare: await startBare(stage, cast),
    transactions: started.use(startProcess(import.meta.resolve('./raw-transactions.ts'))),
  };
  const peers = await startPeers(stage, stores, cast, 1);
  const one = { ...limits, peers };
  const targets: Target[] = [
    { ...one, ...(await startEmbedded(stage, cast)) },
    { ...one, ...(await startOverMariadb(stage, stores, cast, 1)) },
  ];
  if (processes === 1) return targets;
  return [
    ...targets,
    {
      ...limits,
      peers: await startPeers(stage, stores, cast, processes),
      ...(await startOverMariadb(stage, stores, cast, processes)),
      one: 'mariadb+redis',
    },
  ];
}

type Alone = Omit<Target, 'bare' | 'peers' | 'transactions'>;

async function startEmbedded({ dir, started }: Stage, cast: Cast): Promise<Alone> {
  const place = makeFolder(dir, 'embedded');
  const { port, pids } = started.use(await startInstallation(place, {}));
  return {
    name: 'embedded',
    port,
    talkers: await signUp(port, cast),
    pids,
    store: { file: join(place, 'doorbell.sqlite') },
    connections: 1,
  };
}

async function startOverMariadb(
  { dir, started }: Stage,
  stores: Stores,
  cast: Cast,
  processes: number,
): Promise<Alone> {
  const database = `${DATABASE}_${processes}`;
  const settings = { ...(await stores.create(database)), DATABASE_POOL_SIZE: String(POOL_SIZE) };
  const place = makeFolder(dir, database);
  const { port, pids } = started.use(await startInstallation(place, settings, processes));
  return {
    name: processes === 1 ? 'mariadb+redis' : severalName(processes),
    port,
    talkers: await signUp(port, cast),
    pids: { ...pids, ...stores.pids },
    store: { url: stores.mariadb.url, database },
    connections: POOL_SIZE * processes,
  };
}

async function startBare({ started }: Stage, cast: Cast): Promise<Rival> {
  const talkers = invent(cast);
  const server = started.use(startProcess(import.meta.resolve('./bare-server.ts')));
  const { port } = await server.ask<{ port: number }>(talkers);
  return { port, pids: { server: server.pid }, talkers };
}
