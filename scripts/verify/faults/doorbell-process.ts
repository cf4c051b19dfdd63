import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAILPOINTS } from '../../../src/core/failpoints.ts';
import { indexOf, type Random } from '../../seed/random.ts';
import { freePort } from '../../support/free-port.ts';
import { type Process, spawnDoorbell, startDoorbell } from '../../support/processes.ts';
import { startRelay } from '../network/relay.ts';
import type { Fault, Heal, SayLastWords } from './fault.ts';
import { relayFaults } from './relays.ts';

/** Milliseconds in which a process must have started and posts have led it to its failpoint; it is killed else. */
const FAILPOINT_TIMEOUT = 10_000;
/** At most the how many-th post meets the failpoint. */
const FAILPOINT_PASSES = 20;

export interface DoorbellProcess extends AsyncDisposable {
  /** Its clients are on the other side of a relay. */
  url: string;
  pid(): number;
  faults: readonly Fault[];
}

export interface DoorbellProcessOptions {
  name: string;
  dir: string;
  settings: Readonly<Record<string, string>>;
  imports?: readonly string[];
}

/** A process of Doorbell that always comes back at the same address, and all that can happen to it. */
export async function keepDoorbell(options: DoorbellProcessOptions): Promise<DoorbellProcess> {
  const { name, dir, imports = [] } = options;
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const relay = await startRelay(port);
  const url = `http://127.0.0.1:${relay.port}`;
  const settings = {
    HEARTBEAT_SECONDS: '2',
    // Word of receipts makes clients look, and would hide that nobody rang for the message itself.
    PRESENCE_MAX_MEMBERS: '0',
    // What it says while it is being broken is of no interest.
    LOG_LEVEL: 'fatal',
    ...options.settings,
    PORT: String(port),
    PUBLIC_URL: url,
  };
  let server: Process = await startDoorbell(dir, settings, imports);

  async function restart(): Promise<void> {
    await server[Symbol.asyncDispose]();
    server = await startDoorbell(dir, settings, imports);
  }

  /** Another process of the same, that meets its end at this point: at the first post of the last words, or soon. */
  async function restartWith(
    failpoint: string,
    random: Random,
    sayLastWords?: SayLastWords,
  ): Promise<void> {
    server.signal('SIGKILL');
    await server.exited;
    const pass = sayLastWords ? 1 : 1 + indexOf(random, FAILPOINT_PASSES);
    const more = { NODE_ENV: 'test', FAILPOINT: `${failpoint}:${pass}` };
    if (sayLastWords) {
      server = await startDoorbell(dir, { ...settings, ...more }, imports);
      await sayLastWords(url);
    } else {
      // It may be there before the process is seen to be ready.
      server = spawnDoorbell(dir, { ...settings, ...more }, imports);
    }
  }

  const signalled = (signal: NodeJS.Signals, what: string): Fault => ({
    name: `${signal === 'SIGKILL' ? 'kill -9' : signal} of ${what}`,
    part: name,
    async break() {
      server.signal(signal);
      await server.exited;
      return restart;
    },
  });

  const diesAt = (failpoint: string): Fault => ({
    name: `kill -9 of ${name}, ${failpoint.replace('-', ' ')}`,
    part: name,
    isForLastWords: true,
    async break(random, sayLastWords) {
      await restartWith(`${failpoint}:kill`, random, sayLastWords);
      await Promise.race([server.exited, sleep(FAILPOINT_TIMEOUT, undefined, { ref: false })]);
      server.signal('SIGKILL');
      return restart;
    },
  });

  const stopsWithLocks: Fault = {
    name: `SIGSTOP of ${name} while it holds a row lock`,
    part: name,
    async break(random, sayLastWords) {
      await restartWith('after-sequence:stop', random, sayLastWords);
      const deadline = Date.now() + FAILPOINT_TIMEOUT;
      while (server.isRunning() && !isStopped(server.pid) && Date.now() < deadline) {
        await sleep(20);
      }
      return () => server.signal('SIGCONT');
    },
  };

  const stops: Fault = {
    name: `SIGSTOP of ${name}`,
    part: name,
    break(): Heal {
      server.signal('SIGSTOP');
      return () => server.signal('SIGCONT');
    },
  };

  return {
    url,
    pid: () => server.pid,
    faults: [
      signalled('SIGKILL', name),
      signalled('SIGTERM', name),
      ...FAILPOINTS.map(diesAt),
      stops,
      ...(existsSync('/proc/self/stat') ? [stopsWithLocks] : []),
      ...relayFaults(relay, `between the clients and ${name}`),
    ],
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
}

/** Of /proc/<pid>/stat the state follows the name, which stands in parentheses. */
const isStopped = (pid: number): boolean => /\) T/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
