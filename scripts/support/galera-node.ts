import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { type GroupPorts, galeraArguments, transferScript } from './galera-arguments.ts';
import { dataOf, type Position, recoverPosition, writePosition } from './galera-position.ts';
import { type Server, startMariadb } from './servers.ts';

export interface GaleraNode {
  /** Of this node alone; ends with a slash. */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** A clean shutdown, after which the others know that it has left. */
  stop(): Promise<void>;
  /** Starts the stopped node and resolves when it has caught up with the others, who must have a majority. */
  start(): Promise<void>;
  /** Cuts it off from the other nodes, not from its clients. */
  isolate(): Promise<void>;
  /** Undoes `isolate`, and resolves when the node has caught up. */
  heal(): Promise<void>;
  /** Resolves when the node is in a cluster of so many and has caught up with them. */
  untilIn(clusterSize: number): Promise<void>;
}

interface Options extends GroupPorts {
  dir: string;
  durable: boolean;
  port: number;
}

/** Milliseconds for a node to catch up. */
const CATCH_UP_TIMEOUT = 30_000;

/** A node of a cluster over a folder of its own, not yet running. */
export async function galeraNode(options: Options) {
  const { dir, durable, port } = options;
  const url = `mysql://root@127.0.0.1:${port}/`;
  const args = await galeraArguments(options);
  const env = { PATH: `${await transferScript(dir)}${delimiter}${process.env['PATH']}` };
  let server: Server | undefined;
  let pid = 0;

  const begin = async (...further: string[]): Promise<void> => {
    server = await startMariadb({ dir, port, durable, args: [...args, ...further], env });
    pid = server.pid;
    await untilSynced(url);
  };
  /** Begins a cluster with the data of this node, which are at that position, or with new data. */
  const found = async (position?: Position): Promise<void> => {
    if (position) await writePosition(dir, position, true);
    await begin('--wsrep-new-cluster');
  };
  /** Joins the cluster with the data that it has; a new node is sent everything. */
  const joinCluster = async (): Promise<void> => {
    if (existsSync(dataOf(dir))) await writePosition(dir, await recoverPosition(dir, args), false);
    else await mkdir(dataOf(dir));
    await begin();
  };
  const leave = async (how: 'killed' | 'stopped'): Promise<void> => {
    const leaving = server;
    server = undefined;
    if (leaving && how === 'killed') process.kill(leaving.pid, 'SIGKILL');
    await leaving?.stop();
  };
  const node: GaleraNode = {
    url,
    port,
    get pid() {
      return pid;
    },
    kill: () => leave('killed'),
    stop: () => leave('stopped'),
    start: joinCluster,
    isolate: () => setProviderOption(url, 'gmcast.isolate=1'),
    async heal() {
      await setProviderOption(url, 'gmcast.isolate=0');
      await untilSynced(url);
    },
    async untilIn(clusterSize) {
      await untilStatus(url, 'wsrep_cluster_size', String(clusterSize));
      await untilSynced(url);
    },
  };
  return { node, found, joinCluster, recoverPosition: () => recoverPosition(dir, args) };
}

async function setProviderOption(url: string, option: string): Promise<void> {
  await query(url, `set global wsrep_provider_options = '${option}'`);
}

const untilSynced = (url: string): Promise<void> =>
  untilStatus(url, 'wsrep_local_state_comment', 'Synced');

async function untilStatus(url: string, name: string, expected: string): Promise<void> {
  const deadline = Date.now() + CATCH_UP_TIMEOUT;
  while ((await status(url, name).catch(() => '')) !== expected) {
    if (Date.now() > deadline) throw new Error(`${url}: ${name} is not ${expected} in time.`);
    await sleep(50);
  }
}

/** A status variable of the server. */
async function status(url: string, name: string): Promise<string> {
  const [row] = await query(url, `show status like '${name}'`);
  return String(row?.['Value']);
}

async function query(url: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ uri: url, connectTimeout: 2_000 });
  try {
    const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: 10_000 });
    return rows;
  } finally {
    connection.destroy();
  }
}
