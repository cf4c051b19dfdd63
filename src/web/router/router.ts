import { batch, computed, signal } from '@preact/signals';
import { me } from '../account/sign-in-state.ts';
import { type Route, routeOf } from './routes.ts';

const path = signal(location.pathname);
const search = signal(location.search);

const asked = computed(() => routeOf(path.value));

const NOTHING: Route = { view: 'nothing' };

/** For those who are no admins there are none of their pages, as on the server. */
const isHidden = ({ view }: Route): boolean =>
  view.startsWith('admin') && me.value !== undefined && me.value.role !== 'admin';

export const route = computed(() => (isHidden(asked.value) ? NOTHING : asked.value));

/** What the address says beside the place, such as the words of a search. */
export const query = computed(() => new URLSearchParams(search.value));

export function navigate(to: string, { replace = false } = {}): void {
  if (to === path.value + search.value) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  follow();
}

/** What the browser shows as the address counts. */
const follow = (): void =>
  batch(() => {
    path.value = location.pathname;
    search.value = location.search;
  });

/** Follows plain links within the page, unless the person asks for something else, such as another tab. */
function followLink(event: MouseEvent): void {
  const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (event.defaultPrevented || event.button !== 0 || !isPlain) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.origin !== location.origin) return;
  if (routeOf(link.pathname).view === 'nothing') return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}

export function startRouter(): void {
  addEventListener('click', followLink);
  addEventListener('popstate', follow);
}
