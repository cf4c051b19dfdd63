import { computed, effect } from '@preact/signals';
import { conversations, findConversation } from '../conversations/conversations.ts';
import { titleOf } from '../conversations/title.ts';
import { nameOf } from '../people/names.ts';
import { route } from '../router/router.ts';
import { isolate } from '../text/isolate.ts';
import { text } from '../text/text.ts';

/** By view, which of the texts it is called by. */
const titles = {
  list: undefined,
  signIn: 'signIn',
  register: 'register',
  forgotPassword: 'newPassword',
  resetPassword: 'newPassword',
  confirmEmail: 'confirmEmail',
  people: 'people',
  rooms: 'rooms',
  newRoom: 'newRoom',
  settings: 'settings',
  changeEmail: 'email',
  changePassword: 'password',
  devices: 'devices',
  blocked: 'blockedPeople',
  deleteAccount: 'deleteAccount',
  adminOverview: 'administration',
  adminUsers: 'users',
  adminUser: 'users',
  adminRooms: 'rooms',
  adminMessages: 'messages',
  adminAudit: 'auditLog',
  search: 'searchMessages',
  archived: 'archived',
  nothing: 'nothingHere',
} as const;

const unread = computed(() =>
  conversations.value.reduce((sum, one) => sum + (one.muted ? 0 : one.unread), 0),
);

const shown = computed(() => {
  const place = route.value;
  if ('username' in place) return nameOf(place.username);
  if (!('id' in place)) {
    const title = titles[place.view];
    return title && text.value[title];
  }
  const conversation = findConversation(place.id);
  return conversation && titleOf(conversation);
});

/** Of the tab and the history: where one is, and how much is unread elsewhere. */
export const startWindowTitle = (): void =>
  void effect(() => {
    const title = shown.value ? `${isolate(shown.value)} · ${text.value.app}` : text.value.app;
    document.title = unread.value > 0 ? `(${unread.value}) ${title}` : title;
  });
