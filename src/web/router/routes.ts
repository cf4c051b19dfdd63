/** What the address says to show. The server knows the same addresses. */
export type Route =
  | { view: 'list' | 'people' | 'rooms' | 'newRoom' | 'settings' | 'nothing' }
  | { view: 'signIn' | 'register' | 'forgotPassword' | 'resetPassword' | 'confirmEmail' }
  | { view: 'changeEmail' | 'changePassword' | 'devices' | 'blocked' | 'deleteAccount' }
  | { view: 'person'; username: string }
  | { view: 'adminOverview' | 'adminUsers' | 'adminRooms' | 'adminMessages' | 'adminAudit' }
  | { view: 'adminUser'; username: string }
  | { view: 'search' | 'archived' }
  | {
      view: 'conversation' | 'members' | 'addPeople' | 'searchIn' | 'conversationSettings';
      id: string;
      /** The message at which the conversation is shown. */
      sequence?: number;
    };

const views: Record<string, Exclude<Route, { id: string } | { username: string }>['view']> = {
  '/': 'list',
  '/sign-in': 'signIn',
  '/register': 'register',
  '/forgot-password': 'forgotPassword',
  '/reset-password': 'resetPassword',
  '/confirm-email': 'confirmEmail',
  '/people': 'people',
  '/rooms': 'rooms',
  '/rooms/new': 'newRoom',
  '/settings': 'settings',
  '/settings/email': 'changeEmail',
  '/settings/password': 'changePassword',
  '/settings/devices': 'devices',
  '/settings/blocked': 'blocked',
  '/settings/delete-account': 'deleteAccount',
  '/admin': 'adminOverview',
  '/admin/users': 'adminUsers',
  '/admin/rooms': 'adminRooms',
  '/admin/messages': 'adminMessages',
  '/admin/audit': 'adminAudit',
  '/search': 'search',
  '/archived': 'archived',
};

const ofConversation: Record<string, Extract<Route, { id: string }>['view']> = {
  '': 'conversation',
  '/members': 'members',
  '/add': 'addPeople',
  '/search': 'searchIn',
  '/settings': 'conversationSettings',
};

export function routeOf(path: string): Route {
  const [, id, rest = ''] = /^\/c\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const view = ofConversation[rest];
  if (id !== undefined && view) return { view, id };
  const [, username] = /^\/people\/([^/]+)$/.exec(path) ?? [];
  if (username !== undefined) return { view: 'person', username };
  const [, user] = /^\/admin\/users\/([^/]+)$/.exec(path) ?? [];
  if (user !== undefined) return { view: 'adminUser', username: user };
  const [, sequence] = /^\/(\d{1,16})$/.exec(rest) ?? [];
  if (id !== undefined && sequence) return { view: 'conversation', id, sequence: Number(sequence) };
  return { view: views[path] ?? 'nothing' };
}

export const pathOf = (conversationId: string): string => `/c/${conversationId}`;
export const membersPathOf = (roomId: string): string => `${pathOf(roomId)}/members`;
export const addPathOf = (roomId: string): string => `${pathOf(roomId)}/add`;
export const personPathOf = (username: string): string => `/people/${username}`;
export const adminUserPathOf = (username: string): string => `/admin/users/${username}`;
export const messagePathOf = (conversationId: string, sequence: number): string =>
  `${pathOf(conversationId)}/${sequence}`;
export const settingsPathOf = (conversationId: string): string =>
  `${pathOf(conversationId)}/settings`;
export const searchPathOf = (conversationId: string | undefined, words = ''): string => {
  const path = conversationId === undefined ? '/search' : `${pathOf(conversationId)}/search`;
  return words === '' ? path : `${path}?${new URLSearchParams({ q: words })}`;
};
