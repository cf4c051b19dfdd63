import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * The house, top to bottom. What stands under src/ may import what stands on a lower floor, and itself;
 * neighbours on one floor may not import each other. So no two can form a cycle.
 */
const floors = [
  ['server.ts'],
  ['app.ts'],
  ['admin', 'feed', 'sync'],
  ['messages'],
  ['conversations'],
  ['files', 'notifications'],
  ['users'],
  ['core'],
];

/** Beside the house. Of the server they know the types that travel, and what both ends must work out alike. */
const beside: Record<string, string[]> = { web: ['client'], client: [] };
const travelling = /[/-](schemas|frames)\.ts$/;
const shared = ['src/notifications/checksum.ts', 'src/notifications/crowd.ts'];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const root = join(import.meta.dirname, '..');
const clause = /(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*(?:\s*as\s+[\w$]+)?)?\s*from\s*/.source;
const statement = `^\\s*(?:import|export)\\s+(?<type>type\\s+)?(?:${clause})?(?<a>['"])(?<path>\\..*?)\\k<a>`;
const call = /\bimport\s*\(\s*(?<a>['"`])(?<path>\..*?)\k<a>/;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [
    ...text.matchAll(new RegExp(statement, 'gm')),
    ...text.matchAll(new RegExp(call, 'g')),
  ];
  return found.map(({ groups }) => ({
    from: file,
    to: normalize(join(dirname(file), groups?.['path'] ?? '')),
    typeOnly: groups?.['type'] !== undefined,
  }));
}

/** `src/users/routes.ts` is in `users`, `src/app.ts` in `app.ts`. */
const placeOf = (file: string) => file.split('/')[1] ?? '';
const floorOf = (place: string) => floors.findIndex((floor) => floor.includes(place));

function broken({ from, to, typeOnly }: Import): string | undefined {
  const [fromTop, toTop] = [from.split('/')[0], to.split('/')[0]];
  if (toTop === 'test') return 'only tests import from test/';
  if (fromTop !== 'src') return undefined;
  if (toTop === 'scripts') return 'src/ stands below scripts/';
  if (toTop !== 'src') return undefined;

  const [here, there] = [placeOf(from), placeOf(to)];
  if (here === there) return undefined;
  const others = beside[here];
  if (others) {
    if (others.includes(there) || shared.includes(to)) return undefined;
    if (typeOnly && travelling.test(to)) return undefined;
    const allowed = [
      ...others.map((other) => `${other}/`),
      'import type from schemas.ts, frames.ts',
      ...shared,
    ];
    return `${here}/ may only know ${allowed.join(' and ')}`;
  }
  if (floorOf(there) > floorOf(here)) return undefined;
  if (floorOf(there) === -1) return `${there} is beside the house, which does not know it`;
  if (floorOf(there) === floorOf(here)) return `${here} and ${there} stand on one floor`;
  return `${here} stands below ${there}`;
}

const files = globSync(['src/**/*.{ts,tsx}', 'scripts/**/*.{ts,js}'], { cwd: root });
const places = new Set(files.filter((file) => file.startsWith('src/')).map(placeOf));
const imports = files.flatMap(importsOf);
const problems = [
  ...[...places]
    .filter((place) => floorOf(place) === -1 && !beside[place])
    .map((place) => `src/${place}: stands on no floor; give it one in scripts/check-floors.ts`),
  ...imports.flatMap((one) => {
    const rule = broken(one);
    return rule ? [`${one.from} → ${one.to}: ${rule}`] : [];
  }),
];
// A check that reads nothing must not pass.
if (places.size === 0) problems.push('src/: no TypeScript found');

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else console.log(`Floors: ${imports.length} imports in ${files.length} files all lead downward.`);
