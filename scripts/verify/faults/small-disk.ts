import { execFile } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Fault } from './fault.ts';

const run = promisify(execFile);

/** Bytes; only a limit, memory is taken for what is stored. */
const SIZE = 4 * 2 ** 30;
/** Bytes that are left when it is full. */
const LEFT = 64 * 2 ** 10;
const MOST_TRIES = 100;

export interface SmallDisk extends AsyncDisposable {
  fault: Fault;
}

interface SmallDiskOptions {
  dir: string;
  /** Whose disk it is. */
  part: string;
  /** Uses up what the database has set aside in its files; resolves to what is to be done when there is room again. */
  fill?(): Promise<() => Promise<void>>;
}

/** Makes `dir` a disk in memory that can be full. Undefined where this may not be done: it takes Linux and root. */
export async function mountSmallDisk({
  dir,
  part,
  fill = async () => async () => {},
}: SmallDiskOptions): Promise<SmallDisk | undefined> {
  mkdirSync(dir, { recursive: true });
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', dir]).catch(
    () => undefined,
  );
  if (!mounted) return undefined;
  const resize = (bytes: number) => run('mount', ['-o', `remount,size=${bytes}`, dir]);
  return {
    fault: {
      name: `disk of ${part} full`,
      part,
      atLeast: 2_000,
      async break() {
        await shrink(dir, resize);
        const empty = await fill();
        return async () => {
          await resize(SIZE);
          await empty();
        };
      },
    },
    async [Symbol.asyncDispose]() {
      await run('umount', ['-l', dir]);
    },
  };
}

/** What is written between the look and the change may have made the disk too small for what it holds. */
async function shrink(dir: string, resize: (bytes: number) => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { blocks, bfree, bsize } = statfsSync(dir);
    try {
      await resize((blocks - bfree) * bsize + LEFT);
      return;
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
    }
  }
}

export const NO_SMALL_DISK = 'no full disk here: it takes Linux and root to mount one';
