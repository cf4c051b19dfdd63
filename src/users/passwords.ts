import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ProblemError } from '../core/problems.ts';

// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY = 19_456;
const PASSES = 2;
const HASH_LENGTH = 32;

/** Each takes 19 MiB and a thread of the pool that file reads also use, so few run at once. */
const MAX_CONCURRENT = 2;
/** Some seconds of work. Beyond it sign-ins are refused, so that no crowd makes the next one wait for minutes. */
const MAX_WAITING = 100;

const derive = promisify(argon2);

/**
 * A salted hash with its own parameters: `argon2id$19456$2$<nonce>$<hash>`, base64url. Throws a 503
 * when too many wait for theirs, as verifyPassword does.
 */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const hash = await inTurn(() => argon2id(password, nonce, MEMORY, PASSES));
  return ['argon2id', MEMORY, PASSES, nonce.toString('base64url'), hash.toString('base64url')].join(
    '$',
  );
}

/** False for an unknown user too, after the same work, so that time tells nobody who exists. */
export async function verifyPassword(
  password: string,
  stored: string | undefined,
): Promise<boolean> {
  const [, memory, passes, nonce = '', hash = ''] = (stored ?? (await decoy)).split('$');
  const salt = Buffer.from(nonce, 'base64url');
  const derived = await inTurn(() => argon2id(password, salt, Number(memory), Number(passes)));
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url')) && stored !== undefined;
}

const argon2id = (
  message: string,
  nonce: Buffer,
  memory: number,
  passes: number,
): Promise<Buffer> =>
  derive('argon2id', {
    // One password is one sequence of code points, whichever keyboard composed it (RFC 8265).
    message: message.normalize('NFC'),
    nonce,
    memory,
    passes,
    parallelism: 1,
    tagLength: HASH_LENGTH,
  });

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= MAX_WAITING) throw new ProblemError('unavailable');
  if (running >= MAX_CONCURRENT) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    // The place is handed on, so a newcomer cannot overtake those who wait.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** Hashed at start, so that the first sign-in with an unknown name costs no more than the next. */
const decoy = hashPassword(randomBytes(16).toString('base64url'));
