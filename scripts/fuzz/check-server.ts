import { memoryOf } from '../crowd/memory.ts';
import type { FuzzedServer } from './server.ts';

/** Bytes by which the process may grow while it is fuzzed. */
const MAX_GROWTH = 150_000_000;
/** What Pino calls an error. */
const ERROR = 50;

interface Line {
  level: number;
  msg: string;
  err?: { message?: string; stack?: string };
}

/** Looks at the server as such: the first time when it is warm, again at the end. */
export function watchServer(server: FuzzedServer) {
  let atFirst: number | undefined;
  const growth = () => memoryOf(server.pid).process - (atFirst ?? 0);
  return {
    warm(): void {
      if (server.isRunning()) atFirst ??= memoryOf(server.pid).process;
    },

    growth: () => (server.isRunning() ? growth() : 0),

    /** All that is wrong with it. */
    async check(): Promise<string[]> {
      if (!server.isRunning()) return ['the process has ended', ...complaintsIn(server.log())];
      const ready = await fetch(`${server.url}/health/ready`).catch(() => undefined);
      return [
        ...(ready?.status === 200 ? [] : [`it is not ready: ${ready?.status}`]),
        ...(growth() > MAX_GROWTH ? [`it has grown by ${Math.round(growth() / 1e6)} MB`] : []),
        ...complaintsIn(server.log()),
      ];
    },
  };
}

/** Errors, each kind once, and what is no line of a log at all. */
export function complaintsIn(log: string): string[] {
  const complaints = log
    .split('\n')
    .filter((text) => text !== '')
    .map(complaintOf);
  return [...new Set(complaints.filter((text) => text !== undefined))];
}

function complaintOf(text: string): string | undefined {
  try {
    const { level, msg, err } = JSON.parse(text) as Line;
    if (level < ERROR) return undefined;
    const [at = ''] = err?.stack?.trim().split('\n') ?? [];
    return `in its log: ${msg} ${err?.message ?? ''} ${at}`;
  } catch {
    return `in its output: ${text}`;
  }
}
