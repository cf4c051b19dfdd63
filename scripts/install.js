// Runs before every npm script, under whatever Node the machine has (18 or newer): plain JavaScript.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ version?: string, integrity?: string, dev?: boolean, optional?: boolean, devOptional?: boolean }} Package */

const oldestNode = 26;
const root = fileURLToPath(new URL('..', import.meta.url));
const production = process.env['NODE_ENV'] === 'production';

/** @param {string} file @returns {Record<string, Package>} */
const readLock = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;

/**
 * npm writes the second lockfile last and `npm ci` removes it first: it is the stamp of a finished install, whoever
 * ran it. Optional packages are for other machines, mostly.
 */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const installed = readLock('node_modules/.package-lock.json');
  return Object.entries(readLock('package-lock.json')).every(([path, wanted]) => {
    const found = installed[path];
    if (path === '' || (production && wanted.dev)) return true;
    if (!found) return Boolean(wanted.optional || wanted.devOptional);
    return (
      found.version === wanted.version &&
      found.integrity === wanted.integrity &&
      existsSync(join(root, path))
    );
  });
}

function install() {
  console.log('Installing packages (npm ci) …');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  args.push(production ? '--omit=dev' : '--include=dev');
  const npm = process.env['npm_execpath'];
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] };
  // Under yarn or pnpm the variable names another program. The Node that runs npm outlives the
  // node_modules that this very process may have been started from.
  const { status } = npm?.endsWith('npm-cli.js')
    ? spawnSync(process.env['npm_node_execpath'] ?? process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status !== 0) fail('npm ci failed: see above, mend it and run npm ci again.');
}

/** One at a time: two `npm ci` in one folder remove each other's files. @param {() => void} work */
function alone(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const lock = join(tmpdir(), `doorbell-install-${name}`);
  while (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  process.once('exit', () => rmSync(lock, { force: true }));
  work();
}

/** @param {string} lock @returns {boolean} */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (holderIsGone(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** @param {string} lock */
function holderIsGone(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/** npm 9, Debian's, leaves the binaries of optional packages out of node_modules/.bin. */
function linkNode() {
  const bin = join(root, 'node_modules/.bin');
  const packaged = join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(join(bin, 'node')) || !existsSync(packaged)) return;
  symlinkSync(relative(bin, packaged), join(bin, 'node'));
}

/** npm scripts find node_modules/.bin first, so that is the Node that counts. */
function checkNode() {
  const own = join(root, 'node_modules/.bin/node');
  let version = process.version;
  try {
    if (existsSync(own) && realpathSync(own) !== process.execPath)
      version = execFileSync(own, ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    version = `${own}, which does not run on this machine`;
  }
  if (Number.parseInt(version.slice(1), 10) >= oldestNode) return;
  fail(
    `Doorbell needs Node ${oldestNode} or newer but found ${version}: install Node ${oldestNode} (nodejs.org), or on Linux run: npm ci --include=optional`,
  );
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

if (!isInstalled()) alone(() => isInstalled() || install());
linkNode();
checkNode();
