import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram, type Program } from './debian-packages.ts';
import { freePort } from './free-port.ts';

export interface Server {
  url: string;
  pid: number;
  isRunning(): boolean;
  /** Resolves when the process is gone, however it went. May be called again. */
  stop(): Promise<void>;
}

interface Place {
  /** Holds the data and the log. A server started over the folder of a stopped one finds its data. */
  dir: string;
  /** A free one unless told. */
  port?: number;
}

/**
 * `durable` costs what a production server costs: a synced log at every commit, and the doublewrite buffer.
 * `args` come last, so they win.
 */
export async function startMariadb(
  place: Place & { durable?: boolean; args?: readonly string[]; env?: NodeJS.ProcessEnv },
): Promise<Server> {
  const program = await findProgram('mariadbd', 'mysqld');
  const isMariadb = program.path.endsWith('mariadbd');
  const dir = resolve(place.dir);
  const data = join(dir, 'mysql');
  const port = place.port ?? (await freePort());
  const common = [
    '--no-defaults',
    `--datadir=${data}`,
    // Not shared: a server that starts sweeps the temporary tables of the others away.
    `--tmpdir=${dir}`,
    ...(program.prefix ? [`--basedir=${program.prefix}`] : []),
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ...(isMariadb && !place.durable ? ['--innodb-log-file-size=16M'] : []),
  ];
  await mkdir(dir, { recursive: true });
  if (!existsSync(data)) await (isMariadb ? initMariadb(common) : initMysql(program, common));

  const args = [
    ...common,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    // Relative to the data folder: the name of a socket may not be longer than 107 bytes.
    '--socket=server.sock',
    '--skip-log-bin',
    '--skip-name-resolve',
    '--performance-schema=OFF',
    '--character-set-server=utf8mb4',
    '--max-connections=500',
    '--innodb-buffer-pool-size=256M',
    `--innodb-flush-log-at-trx-commit=${place.durable ? 1 : 0}`,
    `--innodb-doublewrite=${place.durable ? 1 : 0}`,
    ...(isMariadb ? [] : ['--mysqlx=OFF']),
    ...(place.args ?? []),
  ];
  const withEnv = { ...program, env: { ...program.env, ...place.env } };
  return startServer(withEnv, args, join(dir, 'mysql.log'), `mysql://root@127.0.0.1:${port}/`);
}

const run = promisify(execFile);

async function initMariadb(common: string[]): Promise<void> {
  const { path, env } = await findProgram('mariadb-install-db');
  const options = ['--auth-root-authentication-method=normal', '--skip-test-db'];
  await run(path, [...common, ...options, '--skip-name-resolve'], { env });
}

async function initMysql({ path, env }: Program, common: string[]): Promise<void> {
  await run(path, [...common, '--initialize-insecure'], { env });
}

/** Nothing is written to disk: as a bus, Redis has nothing to keep. */
export async function startRedis(place: Place): Promise<Server> {
  const program = await findProgram('redis-server', 'valkey-server');
  const port = place.port ?? (await freePort());
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', place.dir];
  await mkdir(place.dir, { recursive: true });
  return startServer(program, args, join(place.dir, 'redis.log'), `redis://127.0.0.1:${port}/`);
}

/** Resolves when the log at `log`, which is written anew, says that connections are welcome. */
export async function startServer(
  program: Program,
  args: string[],
  log: string,
  url: string,
): Promise<Server> {
  const output = await open(log, 'w');
  // In a process group of its own: Ctrl-C is for the command, which may still need its servers to end well.
  const child = spawn(program.path, args, {
    detached: true,
    env: program.env,
    stdio: ['ignore', output.fd, output.fd],
  });
  await once(child, 'spawn');
  await output.close();
  const pid = Number(child.pid);
  guard(child, pid);
  const server = { url, pid, isRunning: () => isRunning(child), stop: () => stop(child) };
  const deadline = Date.now() + 30_000;
  // The log, not the port: on the port another server may answer.
  while (!/ready (for|to accept) connections/i.test(readFileSync(log, 'utf8'))) {
    if (isRunning(child) && Date.now() < deadline) await sleep(20);
    else {
      await server.stop();
      const end = readFileSync(log, 'utf8').trim().split('\n').slice(-10).join('\n');
      throw new Error(`${program.path} did not start. The end of its log:\n${end}`);
    }
  }
  return server;
}

/**
 * No handler of ours runs when this process is killed, but the kernel closes its pipes: a shell that reads one
 * takes the server with it.
 */
function guard(child: ChildProcess, pid: number): void {
  const script = `read -r _; kill -KILL ${pid}`;
  const shell = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.once('exit', () => shell.kill('SIGKILL'));
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const gone = once(child, 'exit');
  child.kill();
  const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(kill);
}
