import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServerProcess } from './process.ts';

/** Makes a user an admin, as whoever runs the server does it. */
export async function promote({ env }: ServerProcess, username: string): Promise<void> {
  const args = ['scripts/create-admin.ts', '--username', username, '--promote'];
  await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
  });
}
