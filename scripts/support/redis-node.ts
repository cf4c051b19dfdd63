import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram, type Program } from './debian-packages.ts';
import { freePort } from './free-port.ts';
import { startServer } from './servers.ts';

/** Milliseconds in which the servers must have found each other. */
const START_TIMEOUT = 60_000;

export interface RedisNode {
  url: string;
  port: number;
  /** Another one after a restart. */
  readonly pid: number;
  /** kill -9; resolves when the process is gone. May be called again. */
  kill(): Promise<void>;
  /** kill -9, and the same again at the same place. */
  restart(): Promise<void>;
}

/** Nothing is kept but what the server itself keeps about a cluster. */
export async function startRedisNode(dir: string, options: string[]): Promise<RedisNode> {
  const program = await findProgram('redis-server', 'valkey-server');
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', dir];
  await mkdir(dir, { recursive: true });
  return replaceableNode(
    program,
    [...args, '--repl-diskless-sync-delay', '0', ...options],
    dir,
    port,
  );
}

/** `args` name this `dir` and this `port`. */
export async function replaceableNode(
  program: Program,
  args: string[],
  dir: string,
  port: number,
): Promise<RedisNode> {
  const url = `redis://127.0.0.1:${port}/`;
  const start = () => startServer(program, args, join(dir, 'redis.log'), url);
  let server = await start();
  let killed = false;
  const kill = async () => {
    // Not by `stop` alone: a server that is stopped by a signal would not hear of it.
    if (!killed && server.isRunning()) process.kill(server.pid, 'SIGKILL');
    killed = true;
    await server.stop();
  };
  return {
    url,
    port,
    get pid() {
      return server.pid;
    },
    kill,
    async restart() {
      await kill();
      server = await start();
      killed = false;
    },
  };
}

export function nodeAt(nodes: readonly RedisNode[], { port }: { port: number }): RedisNode {
  const found = nodes.find((node) => node.port === port);
  if (!found) throw new Error(`no node has port ${port}`);
  return found;
}

const run = promisify(execFile);

export async function redisCli(...args: string[]): Promise<string> {
  const { path, env } = await findProgram('redis-cli', 'valkey-cli');
  return (await run(path, args, { env })).stdout;
}

/** Resolves when the server's answer matches. */
export async function untilInfo(port: number, command: string[], expected: RegExp): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const answer = await redisCli('-p', `${port}`, ...command).catch(String);
    if (expected.test(answer)) return;
    if (Date.now() > deadline) throw new Error(`Redis on port ${port} still says:\n${answer}`);
    await sleep(50);
  }
}
