import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/support/free-port.ts';
import type { Scope } from './databases.ts';
import { type Api, api } from './http.ts';
import { requireNoLeak } from './recorder.ts';

export interface ServerProcess extends Api {
  child: ChildProcess;
  /** To start another process on the same store. */
  env: Record<string, string>;
  /** All that it wrote. */
  output(): string;
  /** Sends the signal and resolves to the exit code when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** `npm start` without npm: a process of its own, ready to serve; killed when the test ends. */
export async function startServer(t: Scope, env: Record<string, string>): Promise<ServerProcess> {
  const port = env['PORT'] && env['PORT'] !== '0' ? Number(env['PORT']) : await freePort();
  t.teardown(requireNoLeak);
  const run = runServer(t, { ...env, PORT: String(port) });
  const server = { ...api(`http://127.0.0.1:${port}`), ...run, env: { ...env, PORT: '0' } };
  for (let tries = 0; tries < 200; tries += 1) {
    if (run.child.exitCode !== null) throw new Error(`the server ended: ${run.output()}`);
    const live = await server.request('GET', '/health/live').catch(() => undefined);
    if (live?.status === 200) return server;
    await sleep(50);
  }
  throw new Error(`the server did not come up: ${run.output()}`);
}

/** The process alone, for starts that must fail. */
export function runServer(t: Scope, env: Record<string, string>) {
  const child = spawn(process.execPath, ['src/server.ts'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  // Not 'exit': what it wrote last may still be on its way.
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  t.teardown(() => (child.exitCode === null ? stop('SIGKILL') : undefined));
  return { child, exited, output: () => output, stop };
}
