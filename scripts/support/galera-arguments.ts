import { globSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './debian-packages.ts';

export interface GroupPorts {
  /** Of all nodes, in their order, where they talk to each other. */
  groupPorts: readonly number[];
  groupPort: number;
  /** Where it takes what it missed. */
  transferPort: number;
}

/** What makes a MariaDB server a node of the cluster. Throws when Galera is not installed. */
export async function galeraArguments(options: GroupPorts): Promise<string[]> {
  const group = options.groupPorts.map((port) => `127.0.0.1:${port}`).join();
  const provider = {
    base_host: '127.0.0.1',
    'gmcast.listen_addr': `tcp://127.0.0.1:${options.groupPort}`,
    'ist.recv_addr': `127.0.0.1:${options.transferPort}`,
    'gcache.size': '128M',
    // A node that is silent for so long is left behind.
    'evs.suspect_timeout': 'PT2S',
    'evs.inactive_timeout': 'PT4S',
    'evs.install_timeout': 'PT4S',
    'evs.keepalive_period': 'PT0.5S',
    'evs.inactive_check_period': 'PT0.25S',
    // Nodes that were all killed wait for `restart`.
    'pc.recovery': 'false',
  };
  return [
    // The same in every run, or the server would make its log anew.
    '--innodb-log-file-size=32M',
    '--binlog-format=ROW',
    '--innodb-autoinc-lock-mode=2',
    '--wsrep-on=ON',
    `--wsrep-provider=${await findProvider()}`,
    `--wsrep-cluster-address=gcomm://${group}`,
    '--wsrep-cluster-name=doorbell',
    `--wsrep-node-name=node-${options.groupPorts.indexOf(options.groupPort) + 1}`,
    '--wsrep-node-address=127.0.0.1',
    '--wsrep-sst-method=copy',
    `--wsrep-provider-options=${Object.entries(provider)
      .map((pair) => pair.join('='))
      .join(';')}`,
  ];
}

/** A folder for the server's PATH: Galera looks there for what transfers data. */
export async function transferScript(dir: string): Promise<string> {
  const folder = join(dir, 'bin');
  const script = join(folder, 'wsrep_sst_copy');
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, 'wsrep_sst_copy'), script);
  await chmod(script, 0o755);
  return folder;
}

async function findProvider(): Promise<string> {
  const { prefix = '/usr', path } = await findProgram('mariadbd', 'mysqld');
  const folders = ['lib', 'lib64', 'local/lib'].map((folder) => join(prefix, folder));
  const [provider] = globSync(
    folders.flatMap((folder) =>
      ['', 'galera*/', '*-linux-*/', '*-linux-*/galera*/'].map((sub) =>
        join(folder, sub, 'libgalera_smm.so'),
      ),
    ),
  );
  if (!provider)
    throw new Error(
      `No Galera for ${path}: libgalera_smm.so is in none of ${folders.join(', ')}; install galera-4.`,
    );
  return provider;
}
