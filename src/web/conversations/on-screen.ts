import { computed, effect, signal } from '@preact/signals';
import { signInState } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { route } from '../router/router.ts';
import { archivedConversations, conversations } from './conversations.ts';

const isHidden = (): boolean => document.visibilityState === 'hidden';

/** Tells the client what is looked at, so that it fetches that alone. */
export function startOnScreen(): void {
  const hidden = signal(isHidden());
  addEventListener('visibilitychange', () => {
    hidden.value = isHidden();
  });
  const open = computed(() => ('id' in route.value ? route.value.id : ''));
  const rows = computed(() => {
    if (hidden.value) return [];
    const isArchive = route.value.view === 'archived';
    return [...conversations.value, ...(isArchive ? archivedConversations.value : [])];
  });
  // As text, so that nothing is told again when only their order has changed.
  const listed = computed(() =>
    rows.value
      .map(({ id }) => id)
      .sort()
      .join(' '),
  );
  effect(() => {
    if (signInState.value !== 'signedIn') return;
    // Rejects only when signed out.
    doorbell.showOnly(idsIn(open.value), { listed: idsIn(listed.value) }).catch(() => {});
  });
}

const idsIn = (text: string): string[] => text.split(' ').filter((id) => id !== '');
