import { signal } from '@preact/signals';
import type { Conversation } from '../../client/index.ts';
import { atSignOut, doorbell } from '../doorbell.ts';
import { learnNames } from '../people/names.ts';
import { soon } from '../shell/soon.ts';

/** Latest activity first. */
export const conversations = signal<readonly Conversation[]>([]);

/** Whether these are all there are, or were when the page was here last. */
export const hasAll = signal(false);

const showSoon = soon(show);

export function startConversations(): void {
  for (const event of ['conversation', 'conversationRemoved', 'synced'] as const)
    doorbell.on(event, showSoon);
  doorbell.on('synced', () => {
    hasAll.value = true;
  });
  atSignOut(() => {
    hasAll.value = false;
    show();
  });
}

/** What is kept from the last visit is shown at once. */
export function showKept(): void {
  hasAll.value = doorbell.conversations().length > 0;
}

function show(): void {
  const held = doorbell.conversations();
  learnNames(held.flatMap(({ with: other }) => (other ? [other] : [])));
  conversations.value = held.filter(({ archived }) => !archived);
}
