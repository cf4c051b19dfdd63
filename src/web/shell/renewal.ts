import { failedPosts } from '../conversation/outgoing.ts';
import { doorbell } from '../doorbell.ts';

/** Milliseconds after a reload within which another one would cure nothing. */
const PAUSE = 60_000;

/** Where a new release has taken the place of the one that this page is of, its files are gone: takes up the new one. */
export const startRenewal = (): void =>
  addEventListener('vite:preloadError', () => void renewIfReplaced());

async function renewIfReplaced(): Promise<void> {
  if (wasJustReloaded() || hasUnsent() || !(await isReplaced())) return;
  location.reload();
}

function wasJustReloaded(): boolean {
  const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return visit?.type === 'reload' && performance.now() < PAUSE;
}

/** Drafts are kept over a reload, what is on its way is not. */
const hasUnsent = (): boolean =>
  failedPosts.value.length > 0 ||
  doorbell.conversations().some(({ id }) => doorbell.pending(id).length > 0);

/** Whether the server answers, and with another page than this: else the connection is at fault. */
async function isReplaced(): Promise<boolean> {
  const script = document.querySelector('script[type="module"]')?.getAttribute('src');
  try {
    const answer = await fetch('/', { cache: 'no-cache' });
    const page = await answer.text();
    return answer.ok && !!script && !page.includes(script);
  } catch {
    return false;
  }
}
