import type { Gathering } from '../crowd/gathering.ts';
import { type Pair, signUpPairs } from '../crowd/pairs.ts';
import { freePort } from '../support/free-port.ts';
import { type Installation, startInstallation } from './installation.ts';
import { coresOf, megabytesOf, usage } from './processor.ts';
import type { Column } from './scenario.ts';
import type { Stage } from './stage.ts';
import { makeFolder, startStores } from './stores.ts';
import { severalName } from './target.ts';
import type { Used } from './window.ts';

/** A Doorbell that is started anew for each measurement, with accounts that it knows. */
export interface CrowdTarget extends Column {
  processes: number;
  pairs: readonly Pair[];
  /** Of the database and the bus. */
  pids: Record<string, number>;
  start(): Promise<Installation>;
}

/** Lifted: many sockets of few users stand for as many of many. */
const SETTINGS = { SOCKETS_PER_USER: '100000', LOG_LEVEL: 'error' };

/** Over all stores with one process, and with so many more. */
export async function setUpCrowdTargets(
  stage: Stage,
  { pairs, processes }: { pairs: number; processes: number },
): Promise<CrowdTarget[]> {
  const stores = await startStores(stage);
  const place = (name: string, processes: number, settings: Record<string, string> = {}) =>
    setUp(stage, { name, processes, pairs, settings });
  const embedded = await place('embedded', 1);
  const mariadb = await place('mariadb+redis', 1, await stores.create('crowd'));
  const targets = [embedded, { ...mariadb, pids: stores.pids }];
  if (processes === 1) return targets;
  const several = await place(severalName(processes), processes, await stores.create('crowds'));
  return [...targets, { ...several, pids: stores.pids, one: 'mariadb+redis' }];
}

async function setUp(
  { dir, progress }: Stage,
  given: { name: string; processes: number; pairs: number; settings: Record<string, string> },
): Promise<CrowdTarget> {
  const { name, processes } = given;
  progress(`${name}: making the accounts`);
  const place = makeFolder(dir, name);
  // The accounts' clients, and a crowd that returns, look for it where it was.
  const settings = { ...SETTINGS, ...given.settings, PORT: String(await freePort()) };
  const start = () => startInstallation(place, settings, processes);
  await using server = await start();
  return { name, processes, pairs: await signUpPairs(server.port, given.pairs), pids: {}, start };
}

/** What these and the crowd use of the machine from now until the returned function is called. */
export function watchUse(server: Installation, target: CrowdTarget, crowd: Gathering): () => Used {
  const pids = { ...server.pids, ...target.pids, ...crowd.pids };
  const before = usage(pids);
  const start = performance.now();
  return () => ({
    cores: coresOf(before, usage(pids), (performance.now() - start) / 1_000),
    megabytes: megabytesOf(pids),
  });
}

/** Addresses of the machine for so many clients, and at least two, each with a process that can keep up. */
export const addressesFor = (sockets: number): string[] =>
  Array.from(
    { length: Math.max(2, Math.ceil(sockets / SOCKETS_OF_ADDRESS)) },
    (_, index) => `127.0.0.${index + 2}`,
  );

/** Fewer than it has ports, or a process open files, on most machines. */
const SOCKETS_OF_ADDRESS = 12_500;
