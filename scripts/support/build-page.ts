import { hash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = join(import.meta.dirname, '../..');
const page = join(root, '.web');
/** What the page was built from. */
const stamp = 'sources.sha256';

/** All that goes into the page, and into the making of it. */
const SOURCES = [
  'src/{web,client}/**/*.*',
  'src/notifications/checksum.ts',
  'scripts/support/build-page.ts',
  'package-lock.json',
];

function hashOfSources(): string {
  const files = globSync(SOURCES, { cwd: root }).sort();
  const contents = files.map((file) => [file, hash('sha256', readFileSync(join(root, file)))]);
  return hash('sha256', JSON.stringify(contents));
}

/** By content, for times say little of files that were checked out or copied. */
export function isFresh(): boolean {
  const file = join(page, stamp);
  return existsSync(file) && readFileSync(file, 'utf8') === hashOfSources();
}

/** Not in a production install, which brings the page with it. */
export const hasBuilder = (): boolean => existsSync(join(root, 'node_modules/vite'));

/** Into a folder beside, which then takes the place of the old one: a server may be serving that. */
export async function buildPage(): Promise<void> {
  const sources = hashOfSources();
  const { build } = await import('vite');
  const made = await mkdtemp(`${page}-`);
  try {
    await build({
      configFile: join(root, 'src/web/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: made },
    });
    await buildServiceWorker(made);
    await compressAll(join(made, 'assets'));
    await writeFile(join(made, stamp), sources);
    // Temporary folders are for their owner's eyes alone.
    await chmod(made, 0o755);
    rmSync(page, { recursive: true, force: true });
    await rename(made, page);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** As in src/web/vite.config.ts. */
const TARGET = ['es2024', 'chrome123', 'firefox125', 'safari17.5'];

/** Alone, as one script under a name that stays; it knows the files of the page that it keeps for a start without the server. */
async function buildServiceWorker(folder: string): Promise<void> {
  const { build } = await import('vite');
  const assets = (await readdir(join(folder, 'assets'))).sort();
  const shell = [...assets.map((file) => `/assets/${file}`), '/icon-192.png'];
  const content = [await readFile(join(folder, 'index.html'), 'utf8'), ...shell].join('\n');
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: {
      SHELL_FILES: JSON.stringify(shell),
      SHELL_VERSION: JSON.stringify(hash('sha256', content).slice(0, 16)),
    },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: TARGET,
      rolldownOptions: {
        input: join(root, 'src/web/service-worker/service-worker.ts'),
        output: { format: 'iife', entryFileNames: 'service-worker.js' },
      },
    },
  });
}

async function compressAll(folder: string): Promise<void> {
  const files = await readdir(folder);
  await Promise.all(files.map((file) => compress(join(folder, file))));
}

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  await writeFile(`${file}.gz`, await toGzip(content, { level: 9 }));
  await writeFile(`${file}.br`, await toBrotli(content, QUALITY));
}
