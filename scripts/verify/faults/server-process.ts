import type { Server } from '../../support/servers.ts';
import type { Fault } from './fault.ts';

/** A database server that comes back at the same address with what it had stored. */
export interface KeptServer extends AsyncDisposable {
  url: string;
  pid(): number;
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** Starts it if it has ended by itself. */
  revive(): Promise<void>;
}

export async function keepServer(start: () => Promise<Server>): Promise<KeptServer> {
  let server = await start();
  return {
    url: server.url,
    pid: () => server.pid,
    async kill(signal) {
      process.kill(server.pid, signal);
      await server.stop();
    },
    async start() {
      server = await start();
    },
    async revive() {
      if (!server.isRunning()) server = await start();
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** What can happen to a process of somebody else's making. */
export const serverFaults = (server: KeptServer, name: string): Fault[] => [
  {
    name: `kill -9 of ${name}`,
    part: name,
    async break() {
      await server.kill('SIGKILL');
      return server.start;
    },
  },
  {
    name: `SIGTERM of ${name}`,
    part: name,
    async break() {
      await server.kill('SIGTERM');
      return server.start;
    },
  },
  {
    name: `SIGSTOP of ${name}`,
    part: name,
    break() {
      process.kill(server.pid(), 'SIGSTOP');
      return () => void process.kill(server.pid(), 'SIGCONT');
    },
  },
];
