import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';

/** JWT_SECRET; without one, which only an embedded server may be, a secret made once and kept in DATA_DIR. */
export function jwtSecret({ jwtSecret: given, dataDir }: Config): string {
  if (given !== undefined) return given;
  const file = join(dataDir, 'jwt-secret');
  if (!existsSync(file)) make(file);
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32)
    throw new Error(`${file} is damaged: remove it; everybody signs in again`);
  return secret;
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
