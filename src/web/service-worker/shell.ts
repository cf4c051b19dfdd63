import { routeOf } from '../router/routes.ts';
import { worker } from './worker.ts';

/** By the build: the files of the page, and what changes with any of them. */
declare const SHELL_FILES: readonly string[];
declare const SHELL_VERSION: string;

const PAGE = '/';
const PREFIX = 'shell-';
const CACHE = PREFIX + SHELL_VERSION;

/**
 * Keeps the page and all its files, of one release, for a start without the server. Rejects, to be tried again, when the
 * server's page is already of another release than this worker.
 */
export async function keepShell(): Promise<void> {
  const page = await fetch(PAGE, { cache: 'reload' });
  const named = (await page.clone().text()).match(/\/assets\/[\w.-]+/g) ?? [];
  if (!page.ok || !named.every((file) => SHELL_FILES.includes(file)))
    throw new Error('the page is of another release');
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL_FILES);
  await cache.put(PAGE, page);
}

/** Once no window is left that runs by them. */
export async function forgetOldShells(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Undefined for all but the page and its files: that goes its way as if no worker were there. */
export function answerFromShell(request: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return undefined;
  if (request.mode === 'navigate')
    return routeOf(pathname).view === 'nothing' ? undefined : answerPage(request);
  return pathname.startsWith('/assets/') ? answerAsset(request) : undefined;
}

/** The newest that there is; the kept one when the server cannot be reached. */
async function answerPage(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(PAGE);
    if (!kept) throw error;
    return kept;
  }
}

/** Named after its content, so the kept one is right, and still there for a window that the last release opened. */
const answerAsset = async (request: Request): Promise<Response> =>
  (await caches.match(request)) ?? fetch(request);
