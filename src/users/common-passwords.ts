import { invalidValue } from '../core/problems.ts';

/** Characters that repeat until the password is long enough make no password: `abcabcabcabc`. */
const LONGEST_UNIT = 4;
/** … nor do a few that take turns. */
const FEWEST_CHARACTERS = 4;

/**
 * Throws a 400 for a password that whoever guesses would try first: one of some ten thousand leaked ones, also with a few
 * digits behind it or twice in a row, a few characters over and over, characters that follow one another, or what everybody
 * knows about this user.
 */
export async function refuseCommonPassword(
  password: string,
  { username, email }: { username: string; email: string },
): Promise<void> {
  const given = password.normalize('NFKC').toLowerCase();
  const [local = ''] = email.toLowerCase().split('@');
  const isKnown = [username.toLowerCase(), email.toLowerCase(), local].includes(unitOf(given));
  const hasFew = new Set(given).size < FEWEST_CHARACTERS;
  if (isKnown || hasFew || isRun(given) || (await isListed(given))) {
    throw invalidValue('password', 'must not be one of those that everybody tries first');
  }
}

async function isListed(password: string): Promise<boolean> {
  const common = await list();
  const unit = unitOf(password);
  return (
    unit.length <= LONGEST_UNIT ||
    [password, unit, password.replace(/[\d!.]{1,4}$/, '')].some((word) => common.has(word))
  );
}

/** What, repeated, is the whole. */
const unitOf = (text: string): string => /^(.+?)\1+$/su.exec(text)?.[1] ?? text;

/** `123456789012`, `abcdefghijkl`, `zyxwvutsrqpo`. */
function isRun(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, at) => code - (codes[at] ?? 0)));
  // After the 9 comes the 0, and the other way round.
  const isOnly = (...allowed: number[]) => [...steps].every((step) => allowed.includes(step));
  return isOnly(1) || isOnly(-1) || (/^\d+$/.test(text) && (isOnly(1, -9) || isOnly(-1, 9)));
}

let listed: Promise<ReadonlySet<string>> | undefined;

/** Some megabytes, which a server that nobody registers at does without. */
function list(): Promise<ReadonlySet<string>> {
  listed ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set<string>(dictionary['passwords-common']),
  );
  return listed;
}
