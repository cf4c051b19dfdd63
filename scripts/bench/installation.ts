import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Doorbell, startDoorbell } from '../support/processes.ts';

/** Doorbell in one process or several, all at one port. */
export interface Installation extends Doorbell {
  /** The one process, or the one that started the others, as `server`. */
  pids: { server: number } & Record<string, number>;
}

/** Ready to serve in the first of its processes; in all when they are idle. Several of them: Linux only. */
export async function startInstallation(
  dir: string,
  settings: Record<string, string>,
  processes = 1,
): Promise<Installation> {
  if (processes === 1) {
    const only = await startDoorbell(dir, settings);
    return { ...only, pids: { server: only.pid } };
  }
  const server = await startDoorbell(dir, { ...settings, WORKERS: String(processes) });
  const workers = await childrenOf(server.pid, processes);
  const named = workers.map((pid, index) => [`worker ${index + 1}`, pid]);
  const pids = { server: server.pid, ...Object.fromEntries(named) };
  return { ...server, pids };
}

async function childrenOf(pid: number, count: number): Promise<number[]> {
  for (;;) {
    const found = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? [];
    if (found.length === count) return found.map(Number);
    await sleep(50);
  }
}
