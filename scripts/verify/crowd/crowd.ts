import { mkdirSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { join } from 'node:path';
import { gather } from '../../crowd/gathering.ts';
import { memoryOf } from '../../crowd/memory.ts';
import { obstacleTo } from '../../crowd/obstacle.ts';
import { seatsFor, signUpPair } from '../../crowd/pairs.ts';
import { startDoorbell } from '../../support/processes.ts';
import { GOALS, type Goals } from './goals.ts';
import { herd } from './herd.ts';
import { hung } from './hung.ts';
import { idle } from './idle.ts';
import { printSections, type Section, whole } from './report.ts';
import type { Stage } from './stage.ts';

export interface CrowdOptions {
  sockets: number;
  /** An empty folder. */
  dir: string;
  /** That nobody reads; more than may be on their way to a socket. Default: 400. */
  posts?: number;
  /** Of users in the herd; each user has an equal part of the sockets. Default: 200. */
  pairs?: number;
  goals?: Partial<Goals>;
  /** Default: console.log. */
  print?: (line: string) => void;
}

/** Lifted for both: many sockets of few users stand for as many of many. */
const SETTINGS = { SOCKETS_PER_USER: '100000', LOG_LEVEL: 'error' };

/**
 * How one embedded process bears many clients: idle, not reading, and all back at once after a
 * `kill -9`. Resolves to an exit code: 1 when somebody was not caught up or a bound of memory was
 * broken, 2 when so many sockets do not fit here. Linux only.
 */
export async function crowd(options: CrowdOptions): Promise<number> {
  const { sockets, dir, print = console.log } = options;
  const obstacle = obstacleTo(sockets);
  if (obstacle !== undefined) {
    print(obstacle);
    return 2;
  }
  print(
    `${whole(sockets)} sockets; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ` +
      `${type()} ${release()}, Node ${process.version}`,
  );
  const given = {
    sockets,
    posts: options.posts ?? 400,
    pairs: Math.min(options.pairs ?? 200, Math.ceil(sockets / 2)),
    goals: { ...GOALS, ...options.goals },
  };
  const quiet = await idleAndHung(folder(dir, 'quiet'), given);
  const sections = [...quiet, await herd(folder(dir, 'herd'), SETTINGS, given)];
  return printSections(sections, print) ? 0 : 1;
}

async function idleAndHung(
  dir: string,
  given: { sockets: number; posts: number; goals: Goals },
): Promise<Section[]> {
  // Who answers no heartbeat is closed within two, and then holds nothing any more: here they are to stay.
  const settings = { ...SETTINGS, HEARTBEAT_SECONDS: '300' };
  await using server = await startDoorbell(dir, settings);
  const pair = await signUpPair(server.port, 0);
  const before = memoryOf(server.pid);
  await using gathered = await gather(server.port, seatsFor([pair], given.sockets));
  const stage: Stage = { ...given, server, pair, crowd: gathered };
  return [await idle(stage, before), await hung(stage)];
}

function folder(dir: string, name: string): string {
  const path = join(dir, name);
  mkdirSync(path);
  return path;
}
