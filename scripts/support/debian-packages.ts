import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
// Some releases carry MariaDB's version in the name; redis-server is a link into redis-tools.
const packages = '^(mariadb-(server|client)-core(-[0-9.]+)?|galera-4|redis-(server|tools))$';
const searchPath = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  // Where servers live, often not on an ordinary user's PATH.
  ...['/usr/sbin', '/usr/local/sbin', '/usr/libexec'],
];

export interface Program {
  path: string;
  /** Its own `/usr` when it was unpacked beside the system's. */
  prefix?: string;
  env: NodeJS.ProcessEnv;
}

/**
 * The first of these programs that the machine has. On Debian and Ubuntu it is unpacked from the server packages
 * into a cache folder if need be: nothing is installed and no service started, so root is not needed either.
 */
export async function findProgram(...names: string[]): Promise<Program> {
  const path = firstExisting(searchPath, names);
  if (path) return { path, env: process.env };

  unpacked ??= unpackServers();
  const root = await unpacked;
  const prefix = join(root, 'usr');
  const found = firstExisting([join(prefix, 'bin'), join(prefix, 'sbin')], names);
  if (!found) throw new Error(`${root} holds no ${names.join(' or ')}: remove that folder.`);
  return { path: found, prefix, env: libraryEnv(root) };
}

const firstExisting = (folders: string[], names: string[]) =>
  names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);

const libraryEnv = (root: string): NodeJS.ProcessEnv => ({
  ...process.env,
  LD_LIBRARY_PATH: globSync('{usr/,}lib/*-linux-*', { cwd: root })
    .map((folder) => join(root, folder))
    .join(':'),
});

let unpacked: Promise<string> | undefined;

async function unpackServers(): Promise<string> {
  if (!firstExisting(searchPath, ['apt-get']))
    throw new Error(
      'No MariaDB (or MySQL) and Redis servers here: install both, or set TEST_MYSQL_URL and TEST_REDIS_URL.',
    );
  const cache = join(
    process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
    'doorbell-servers',
  );
  // Named after its packages too: a tree made from others would lack something.
  const root = join(cache, `${machine()}-${hash('sha256', packages).slice(0, 8)}`);
  if (existsSync(root)) return root;

  await mkdir(cache, { recursive: true });
  const unpacking = await mkdtemp(join(cache, 'unpacking-'));
  process.once('exit', () => rmSync(unpacking, { recursive: true, force: true }));
  const files = await download(join(unpacking, 'packages'));
  const tree = join(unpacking, 'root');
  for (const file of files) await run('dpkg', ['-x', file, tree]);
  await checkPrograms(tree);
  // Only a whole tree gets the name. Where another process was first, its tree is as good.
  await rename(tree, root).catch((error) => {
    if (!existsSync(root)) throw error;
  });
  return root;
}

/** A cache in a home folder may outlive the release whose libraries its programs were linked with. */
function machine(): string {
  const release = readFileSync('/etc/os-release', 'utf8');
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(release)?.[1];
  return [field('ID'), field('VERSION_ID') ?? field('VERSION_CODENAME'), process.arch].join('-');
}

async function download(folder: string): Promise<string[]> {
  await mkdir(folder);
  // Lists that cannot be renewed will often do; if not, the download says so.
  if (process.getuid?.() === 0)
    await run('flock', ['/var/lib/apt/lists', 'apt-get', 'update', '-qq']).catch(() => {});
  try {
    const search = await run('apt-cache', ['search', '--names-only', packages]);
    const names = search.stdout.match(/^\S+/gm) ?? [];
    // Only apt's own resolver knows which libraries this machine lacks, and what this release calls them.
    const plan = await run('apt-get', ['install', '-s', '--no-install-recommends', ...names]);
    const missing = plan.stdout.match(/(?<=^Inst )\S+/gm) ?? [];
    await run('apt-get', ['download', '-qq', ...new Set([...names, ...missing])], { cwd: folder });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`apt-get could not fetch MariaDB and Redis: ${stderr.trim()}`);
  }
  const files = await readdir(folder);
  return files.map((file) => join(folder, file));
}

async function checkPrograms(root: string): Promise<void> {
  const programs = globSync('usr/{bin,sbin}/{mariadbd,redis-server}', { cwd: root });
  if (programs.length < 2) throw new Error(`apt-get found only ${programs.join() || 'no server'}.`);
  for (const program of programs) {
    const { stdout } = await run('ldd', [join(root, program)], { env: libraryEnv(root) });
    const missing = stdout.match(/\S+(?= => not found)/g);
    if (missing) throw new Error(`${program} lacks shared libraries: ${missing.join(', ')}.`);
  }
}
