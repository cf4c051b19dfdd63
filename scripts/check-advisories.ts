// Fails when the lockfile has a version that a published advisory calls vulnerable. The advisories are a list of our
// own, so that the check needs no network and the same commit passes today and tomorrow; `--online` asks npm as well.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isInRange } from './support/versions.ts';

const Advisories = Compile(
  Type.Array(
    Type.Object(
      {
        id: Type.String({ pattern: '^(GHSA(-[23456789cfghjmpqrvwx]{4}){3}|CVE-\\d{4}-\\d{4,})$' }),
        package: Type.String({ minLength: 1 }),
        vulnerable: Type.String({ minLength: 1 }),
        fixed: Type.String({ minLength: 1 }),
        title: Type.String({ minLength: 1 }),
      },
      { additionalProperties: false },
    ),
    { minItems: 1 },
  ),
);
const Lockfile = Compile(
  Type.Object({
    packages: Type.Record(
      Type.String(),
      Type.Object({
        name: Type.Optional(Type.String()),
        version: Type.Optional(Type.String()),
      }),
    ),
  }),
);

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    lockfile: { type: 'string', default: join(root, 'package-lock.json') },
    advisories: { type: 'string', default: join(import.meta.dirname, 'advisories.json') },
    online: { type: 'boolean', default: false },
  },
});
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

function readAdvisories(file: string) {
  const content = read(file);
  const [wrong] = Advisories.Errors(content);
  if (wrong) throw new Error(`${file}${wrong.instancePath}: ${wrong.message}`);
  const advisories = Advisories.Parse(content);
  for (const { id, fixed, vulnerable } of advisories) {
    if (isInRange(fixed, vulnerable)) throw new Error(`${file}: ${id}: ${fixed} fixes nothing`);
  }
  return advisories;
}

/** Name and version of whatever gets installed, several versions of one package included. */
function readPackages(file: string) {
  const { packages } = Lockfile.Parse(read(file));
  const found = Object.entries(packages).flatMap(([path, { name, version }]) =>
    path === '' || version === undefined
      ? []
      : [{ name: name ?? path.replace(/^.*node_modules\//, ''), version }],
  );
  // A check that reads nothing must not pass.
  if (found.length === 0) throw new Error(`${file}: no packages found`);
  return found;
}

/** What `npm audit` says of the lockfile, a line each, or that it says nothing, which is no failure. */
function askNpm(): string[] {
  const { stdout } = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const report = parseReport(stdout);
  if (!report) {
    console.log('Advisories: npm audit does not answer here; only the list was checked.');
    return [];
  }
  console.log('Advisories: npm audit answers.');
  return Object.values(report).map(
    ({ name, severity, range }) => `${name} ${range}: ${severity}, says npm audit`,
  );
}

function parseReport(text: string | null) {
  try {
    const { vulnerabilities } = JSON.parse(text ?? '');
    return vulnerabilities as Record<string, Record<'name' | 'severity' | 'range', string>>;
  } catch {
    return undefined;
  }
}

const advisories = readAdvisories(options.advisories);
const packages = readPackages(options.lockfile);
const problems = packages.flatMap(({ name, version }) =>
  advisories
    .filter((advisory) => advisory.package === name && isInRange(version, advisory.vulnerable))
    .map(({ id, fixed, title }) => `${name} ${version}: ${title} (${id}), fixed in ${fixed}`),
);
if (options.online) problems.push(...askNpm());
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log(`Advisories: ${advisories.length} known, ${packages.length} packages checked`);
}
