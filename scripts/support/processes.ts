import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

export interface Process extends AsyncDisposable {
  pid: number;
  exited: Promise<unknown>;
  /** Nothing when it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Sends the question and resolves to the next message that comes back. Rejects when the process ends instead. */
  ask<Answer>(question: object): Promise<Answer>;
  isRunning(): boolean;
}

const endWithParent = import.meta.resolve('./end-with-parent.ts');

/**
 * `module` and `imports` as `import.meta.resolve` gives them. What the process writes goes to the open file `output`, else
 * to our error output: the standard output is for the figures.
 */
export function startProcess(
  module: string,
  {
    imports = [],
    output = 2,
    ...options
  }: {
    env?: NodeJS.ProcessEnv;
    cwd?: string;
    imports?: readonly string[];
    output?: number | undefined;
  } = {},
): Process {
  const child = fork(new URL(module), {
    ...options,
    execArgv: [endWithParent, ...imports].flatMap((url) => ['--import', url]),
    stdio: ['ignore', output, output, 'ipc'],
  });
  const exited = once(child, 'exit');
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    exited,
    signal: (signal) => void child.kill(signal),
    isRunning,
    async ask<Answer>(question: object): Promise<Answer> {
      const answered = once(child, 'message');
      if (isRunning()) child.send(question);
      const ended = exited.then(() => {
        throw new Error(
          `${basename(module)} ended: ${child.signalCode ?? `exit code ${child.exitCode}`}`,
        );
      });
      const [answer] = await Promise.race([answered, ended]);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
      if (isRunning()) await exited;
      clearTimeout(kill);
    },
  };
}

export interface Doorbell extends Process {
  port: number;
}

/** Seconds; a migration of empty tables on a busy machine takes one or two. */
const START_TIMEOUT = 60;

/** One server process as `spawnDoorbell` makes it, ready to serve; without a PORT it takes a free one. */
export async function startDoorbell(
  dir: string,
  settings: Record<string, string>,
  imports: readonly string[] = [],
  output?: number,
): Promise<Doorbell> {
  const port = Number(settings['PORT'] ?? (await freePort()));
  const server = spawnDoorbell(dir, { ...settings, PORT: String(port) }, imports, output);
  const deadline = Date.now() + START_TIMEOUT * 1_000;
  while (!(await isReady(port))) {
    if (server.isRunning() && Date.now() < deadline) await sleep(50);
    else {
      await server[Symbol.asyncDispose]();
      throw new Error('Doorbell did not start.');
    }
  }
  return { ...server, port };
}

/**
 * One server process as in production, that has only been started. What a load of this size would run into is set
 * otherwise than by default, and no more.
 */
export function spawnDoorbell(
  dir: string,
  settings: { PORT: string } & Record<string, string>,
  imports: readonly string[] = [],
  output?: number,
): Process {
  return startProcess(import.meta.resolve('../../src/server.ts'), {
    // Its folder is not ours, so that no .env of the house is read.
    cwd: dir,
    imports,
    output,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PUBLIC_URL: `http://127.0.0.1:${settings.PORT}`,
      DATA_DIR: dir,
      LOG_LEVEL: 'warn',
      ACCESS_TOKEN_SECONDS: '86400',
      DATABASE_QUEUE_LIMIT: '100000',
      REQUESTS_PER_ADDRESS: '1000000000',
      REQUESTS_PER_ACCOUNT: '1000000000',
      LOGINS_PER_ADDRESS: '1000000000',
      REGISTRATIONS_PER_ADDRESS: '1000000000',
      ...settings,
    },
  });
}

/** Milliseconds; one that is stopped does not answer at all. */
const READY_TIMEOUT = 2_000;

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(READY_TIMEOUT),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
