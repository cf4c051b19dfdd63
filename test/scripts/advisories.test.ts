import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type Test, test } from 'tap';
import { isInRange } from '../../scripts/support/versions.ts';

const ADVISORY = {
  id: 'GHSA-3h5v-q93c-6h6q',
  package: 'ws',
  vulnerable: '>=7.0.0 <7.5.10 || >=8.0.0 <8.17.1',
  fixed: '8.17.1',
  title: 'Many request headers end the process',
};

const lockOf = (packages: Record<string, string>) => ({
  lockfileVersion: 3,
  packages: {
    '': { name: 'doorbell', version: '0.1.0' },
    ...Object.fromEntries(
      Object.entries(packages).map(([path, version]) => [`node_modules/${path}`, { version }]),
    ),
  },
});

/** Exit code and all output of the check, with files in place of the real ones where given. */
async function check(t: Test, { lock, list }: { lock?: unknown; list?: unknown } = {}) {
  const files = {
    'lock.json': JSON.stringify(lock ?? ''),
    'list.json': JSON.stringify(list ?? ''),
  };
  const dir = t.testdir(files);
  const child = spawn(process.execPath, [
    'scripts/check-advisories.ts',
    ...(lock === undefined ? [] : ['--lockfile', `${dir}/lock.json`]),
    ...(list === undefined ? [] : ['--advisories', `${dir}/list.json`]),
  ]);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, output: out + err };
}

test('what this repository locks is in no known advisory', async (t) => {
  const { code, output } = await check(t);
  t.match(output, /^Advisories: \d+ known, \d{3,} packages checked$/m);
  t.equal(code, 0);
});

test('a vulnerable version fails the check, by name, and wherever it is nested', async (t) => {
  const list = [ADVISORY];
  const nested = await check(t, {
    list,
    lock: lockOf({ ws: '8.23.0', 'a/node_modules/ws': '7.5.9' }),
  });
  t.equal(nested.code, 1);
  t.match(nested.output, 'ws 7.5.9: Many request headers end the process (GHSA-3h5v-q93c-6h6q)');
  t.match(nested.output, 'fixed in 8.17.1');
  t.notMatch(nested.output, '8.23.0');
  const real = await check(t, { lock: lockOf({ fastify: '5.12.0', mysql2: '3.9.3' }) });
  t.equal(real.code, 1);
  t.match(real.output, /fastify 5\.12\.0.*\n.*mysql2 3\.9\.3/s, 'by the real list too');
  const alias = { packages: { 'node_modules/socket': { name: 'ws', version: '8.0.0' } } };
  t.equal((await check(t, { list, lock: alias })).code, 1, 'under another name');
});

test('a range ends where it says, and a pre-release comes before its release', (t) => {
  const inside = ['7.0.0', '7.5.9', '8.0.0', '8.9.0', '8.17.1-rc.1', '8.17.0+build.5'];
  const outside = ['6.9.9', '7.5.10', '8.0.0-beta.2', '8.17.1', '8.17.1+build.5', '10.0.0'];
  for (const version of inside) t.ok(isInRange(version, ADVISORY.vulnerable), version);
  for (const version of outside) t.notOk(isInRange(version, ADVISORY.vulnerable), version);
  for (const version of ['2.0.0-11', '2.0.0-alpha', '2.0.0-alpha.1']) {
    t.ok(isInRange(version, '>=2.0.0-5 <2.0.0-alpha.2'), version);
  }
  for (const version of ['2.0.0-4', '2.0.0-alpha.2', '2.0.0-alpha.10', '2.0.0']) {
    t.notOk(isInRange(version, '>=2.0.0-5 <2.0.0-alpha.2'), version);
  }
  t.ok(isInRange('1.2.3', '=1.2.3 || >1.2.4 <=1.2.5'));
  t.ok(isInRange('1.2.5', '=1.2.3 || >1.2.4 <=1.2.5'));
  t.notOk(isInRange('1.2.4', '=1.2.3 || >1.2.4 <=1.2.5'));
  t.end();
});

test('a list or a lockfile that says nothing does not pass', async (t) => {
  const lock = lockOf({ ws: '8.23.0' });
  for (const list of [
    [],
    {},
    [{ ...ADVISORY, id: 'GHSA-made-up' }],
    [{ ...ADVISORY, vulnerable: '8.x' }],
    [{ ...ADVISORY, vulnerable: '' }],
    [{ ...ADVISORY, fixed: '8.17.0' }],
    [{ ...ADVISORY, package: undefined }],
  ]) {
    const { code, output } = await check(t, { lock, list });
    t.not(code, 0, JSON.stringify(list));
    t.notMatch(output, 'packages checked');
  }
  for (const empty of [{}, { packages: {} }, lockOf({}), lockOf({ ws: 'latest' })]) {
    const { code } = await check(t, { lock: empty, list: [ADVISORY] });
    t.not(code, 0, JSON.stringify(empty));
  }
});
