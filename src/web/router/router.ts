import { computed, signal } from '@preact/signals';
import { routeOf } from './routes.ts';

const path = signal(location.pathname);

export const route = computed(() => routeOf(path.value));

export function navigate(to: string, { replace = false } = {}): void {
  if (to === path.value) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  path.value = to;
}

/** Follows plain links within the page, unless the person asks for something else, such as another tab. */
function followLink(event: MouseEvent): void {
  const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (event.defaultPrevented || event.button !== 0 || !isPlain) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.origin !== location.origin) return;
  if (routeOf(link.pathname).view === 'nothing') return;
  event.preventDefault();
  navigate(link.pathname);
}

export function startRouter(): void {
  addEventListener('click', followLink);
  addEventListener('popstate', () => {
    path.value = location.pathname;
  });
}
