import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';

export type JwtSecrets = readonly [signing: string, ...accepted: string[]];

/**
 * JWT_SECRET, and after it those that are accepted besides; without one, which only an embedded server may be, those
 * kept in DATA_DIR, a line each, of which the first is made when there is none.
 */
export function jwtSecrets({ jwtSecret: given, acceptedJwtSecrets, dataDir }: Config): JwtSecrets {
  const [signing, ...others] = given === undefined ? kept(dataDir) : [given];
  return [signing, ...others, ...acceptedJwtSecrets];
}

function kept(dataDir: string): JwtSecrets {
  const file = join(dataDir, 'jwt-secret');
  if (!existsSync(file)) make(file);
  const [signing = '', ...others] = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if ([signing, ...others].some((secret) => secret.length < 32))
    throw new Error(`${file} is damaged: remove it; everybody signs in again`);
  return [signing, ...others];
}

/** Whole or not at all, whenever the process dies; of several processes the first one's stands. */
function make(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
