import type { Reading, World } from './world.ts';

/** What shows the inside of a server; no request contains any of it. */
const inside: readonly [what: string, pattern: RegExp][] = [
  ['a stack', /(?:\\n|\n)\s{2,}at |\bat [\w.<>[\] ]+ \((?:file|node):/],
  ['a path of the source', /\/src\/|node_modules|file:\/\/|node:internal/],
  ['a statement of the database', /\bSELECT |\bINSERT INTO |\bUPDATE \w+ SET|\bDELETE FROM /i],
  ['an error of the database', /\bER_[A-Z_]{5,}|SQLITE|SQLSTATE|You have an error in your SQL/],
];

/** What in `text`, all that came, must not be there. `mayIssueTokens`: the call is there to give them out. */
export function findForbidden(
  text: string,
  reading: Reading,
  world: World,
  mayIssueTokens: boolean,
): string[] {
  const found = inside.filter(([, pattern]) => pattern.test(text)).map(([what]) => `shows ${what}`);
  if (world.foreignSecret(text, reading)) found.push("shows another's message");
  const { actor } = reading;
  const secrets = [
    actor.password,
    ...(mayIssueTokens ? [] : [actor.accessToken, actor.refreshToken]),
  ];
  if (secrets.some((secret) => text.includes(secret))) found.push('echoes a token or a password');
  return found;
}
