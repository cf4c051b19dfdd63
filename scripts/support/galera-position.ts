import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './debian-packages.ts';

const run = promisify(execFile);

/** How far a node's data go: a history, and the number of its last write set. */
export interface Position {
  history: string;
  seqno: bigint;
}

export const dataOf = (dir: string): string => join(dir, 'mysql');

/**
 * Of a node that does not run, which had these arguments. Read from the tables: one that was killed has
 * written it nowhere else. Throws when the folder never belonged to a cluster.
 */
export async function recoverPosition(dir: string, args: string[]): Promise<Position> {
  const program = await findProgram('mariadbd');
  const { stdout, stderr } = await run(
    program.path,
    [
      '--no-defaults',
      `--datadir=${dataOf(dir)}`,
      `--tmpdir=${dir}`,
      ...(program.prefix ? [`--basedir=${program.prefix}`] : []),
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      ...args,
      '--skip-networking',
      '--socket=server.sock',
      '--wsrep-recover',
    ],
    { env: program.env },
  );
  const [, history, seqno] =
    /Recovered position: *([0-9a-f-]+):(-?\d+)/.exec(stdout + stderr) ?? [];
  if (!history || !seqno) throw new Error(`${dir} holds no position of a cluster.`);
  return { history, seqno: BigInt(seqno) };
}

/** For the node to read when it starts. Galera lets a cluster begin only with a node that `mayBegin`. */
export async function writePosition(
  dir: string,
  { history, seqno }: Position,
  mayBegin: boolean,
): Promise<void> {
  const lines = [
    '# GALERA saved state',
    'version: 2.1',
    `uuid: ${history}`,
    `seqno: ${seqno}`,
    `safe_to_bootstrap: ${mayBegin ? 1 : 0}`,
  ];
  await writeFile(join(dataOf(dir), 'grastate.dat'), `${lines.join('\n')}\n`);
}
