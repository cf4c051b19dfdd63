import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import { startApp } from './support/app.ts';
import { emptyStore } from './support/databases.ts';
import { startServer } from './support/process.ts';

const PAGE = '<!doctype html><title>A page</title>';
const SCRIPT = 'console.log("a script")';

/** A folder as the build leaves it. */
async function builtPage(folder: string): Promise<string> {
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'assets/index-abc.js'), SCRIPT);
  await writeFile(join(folder, 'assets/index-abc.js.gz'), gzipSync(SCRIPT));
  return folder;
}

test('every address of a view answers the page, which browsers ask about each time', async (t) => {
  const app = await startApp(t, { env: { WEB_DIR: await builtPage(t.testdir()) } });
  for (const path of [
    '/',
    '/sign-in',
    '/register',
    '/c/42',
    '/c/42/members',
    '/c/42/add',
    '/c/42/search',
    '/c/42/settings',
    '/c/42/17',
    '/search?q=bell',
    '/archived',
    '/people',
    '/people/ben',
    '/rooms',
    '/rooms/new',
    '/settings/devices',
    '/admin',
    '/admin/users',
    '/admin/users/ana',
    '/admin/rooms',
    '/admin/messages',
    '/admin/audit',
  ]) {
    const answer = await fetch(app.url + path);
    t.equal(await answer.text(), PAGE, path);
    t.match(answer.headers.get('content-type'), 'text/html', path);
    t.equal(answer.headers.get('cache-control'), 'no-cache', path);
    t.match(answer.headers.get('content-security-policy'), "default-src 'self';", path);
    const etag = String(answer.headers.get('etag'));
    const again = await fetch(app.url + path, { headers: { 'if-none-match': etag } });
    t.equal(again.status, 304, path);
  }
  t.equal((await fetch(app.url, { method: 'HEAD' })).status, 200);
});

test('what belongs to an installed page has its type, and browsers ask about it each time', async (t) => {
  const folder = await builtPage(t.testdir());
  await writeFile(join(folder, 'service-worker.js'), SCRIPT);
  await writeFile(join(folder, 'manifest.webmanifest'), '{}');
  const app = await startApp(t, { env: { WEB_DIR: folder } });
  for (const [path, type] of [
    ['/service-worker.js', 'text/javascript'],
    ['/manifest.webmanifest', 'application/manifest+json'],
  ] as const) {
    const answer = await fetch(app.url + path);
    t.equal(answer.status, 200, path);
    t.match(answer.headers.get('content-type'), type, path);
    t.equal(answer.headers.get('cache-control'), 'no-cache', path);
    t.match(answer.headers.get('content-security-policy'), "default-src 'self';", path);
  }
  t.equal((await fetch(`${app.url}/icon-192.png`)).status, 503, 'not built');
});

test('its files are kept for ever, and come compressed', async (t) => {
  const app = await startApp(t, { env: { WEB_DIR: await builtPage(t.testdir()) } });
  const get = (encoding: string) =>
    fetch(`${app.url}/assets/index-abc.js`, { headers: { 'accept-encoding': encoding } });
  const plain = await get('identity');
  t.equal(await plain.text(), SCRIPT);
  t.equal(plain.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  t.match(plain.headers.get('content-type'), 'javascript');
  const packed = await get('gzip');
  t.equal(packed.headers.get('content-encoding'), 'gzip');
  t.match(packed.headers.get('vary'), /accept-encoding/i);
  t.equal(await packed.text(), SCRIPT);
});

test('other addresses stay problems, and nothing outside its folder is served', async (t) => {
  const app = await startApp(t, { env: { WEB_DIR: await builtPage(t.testdir()) } });
  for (const path of [
    '/nothing',
    '/api/v1/nothing',
    '/c',
    '/c/42/nothing',
    '/assets/nothing.js',
    '/assets/..%2Findex.html',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/',
  ]) {
    const answer = await fetch(app.url + path);
    t.match(answer.headers.get('content-type'), 'application/problem+json', path);
    t.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${path}`);
    t.equal(answer.headers.get('cache-control'), 'no-store', path);
  }
});

test('a server without a built page says so, and serves it as soon as it is there', async (t) => {
  const folder = t.testdir();
  const app = await startApp(t, { env: { WEB_DIR: folder } });
  const without = await fetch(app.url);
  t.equal(without.status, 503);
  t.match(await without.text(), /not built.*npm run build/);
  await builtPage(folder);
  t.equal(await (await fetch(app.url)).text(), PAGE);
});

test('a server without a built page does not complain of files that it does not need', async (t) => {
  const env = { ...(await emptyStore(t, 'sqlite')), WEB_DIR: t.testdir() };
  const server = await startServer(t, env);
  t.match(server.output(), /Server listening/, 'the premise');
  t.notMatch(server.output(), /assets/);
});
