import { computed, signal } from '@preact/signals';
import type { Conversation } from '../../client/index.ts';
import { atSignOut, doorbell } from '../doorbell.ts';
import { learnNames } from '../people/names.ts';
import { soon } from '../shell/soon.ts';

/** Latest activity first. */
const held = signal<readonly Conversation[]>([]);

export const conversations = computed(() => held.value.filter(({ archived }) => !archived));

/** Those that are out of the list until the next message. */
export const archivedConversations = computed(() => held.value.filter(({ archived }) => archived));

export const findConversation = (id: string): Conversation | undefined =>
  held.value.find((conversation) => conversation.id === id);

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
  held.value = doorbell.conversations();
  learnNames(held.value.flatMap(({ with: other }) => (other ? [other] : [])));
}
