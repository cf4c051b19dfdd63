import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Nothing but what the pages ask for. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of the system's Chromium; on Debian and Ubuntu root gets it installed if it is missing. */
export const ensureChromium = async (): Promise<string> =>
  findChromium() ?? (await installChromium());

export async function launchChromium(): Promise<Browser> {
  const executablePath = await ensureChromium();
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: [...FLAGS, ...(isRoot ? ['--no-sandbox'] : [])],
  });
}

function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/** One at a time: tests run side by side. */
async function installChromium(): Promise<string> {
  const lock = '/var/lib/apt/lists';
  const install = 'apt-get update -qq; apt-get install -y -qq chromium fonts-noto-color-emoji';
  if (process.getuid?.() === 0 && existsSync(lock))
    await run('flock', [lock, 'sh', '-c', install]).catch(() => {});
  const found = findChromium();
  if (!found) throw new Error(`No Chromium on the PATH: install one of ${NAMES.join(', ')}.`);
  return found;
}
