import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The command itself. Rejects when a promise was broken. */
export const verify = (...args: string[]) => run(process.execPath, ['scripts/verify.ts', ...args]);

/** As a test sees a run in which everything held. */
export const HELD = {
  count: /^[1-9]\d* messages, [1-9]\d* acknowledged, [1-9]\d* faults$/m,
  durable: /held +durable/,
  convergence: /held +convergence/,
};
