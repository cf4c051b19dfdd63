/** What the address says to show. The server knows the same addresses. */
export type Route =
  | { view: 'list' | 'people' | 'rooms' | 'newRoom' | 'settings' | 'nothing' }
  | { view: 'signIn' | 'register' | 'forgotPassword' | 'resetPassword' | 'confirmEmail' }
  | { view: 'changeEmail' | 'changePassword' | 'devices' | 'blocked' | 'deleteAccount' }
  | { view: 'conversation' | 'members' | 'addPeople'; id: string }
  | { view: 'person'; username: string };

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
};

const ofConversation: Record<string, Extract<Route, { id: string }>['view']> = {
  '': 'conversation',
  '/members': 'members',
  '/add': 'addPeople',
};

export function routeOf(path: string): Route {
  const [, id, rest = ''] = /^\/c\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const view = ofConversation[rest];
  if (id !== undefined && view) return { view, id };
  const [, username] = /^\/people\/([^/]+)$/.exec(path) ?? [];
  if (username !== undefined) return { view: 'person', username };
  return { view: views[path] ?? 'nothing' };
}

export const pathOf = (conversationId: string): string => `/c/${conversationId}`;
export const membersPathOf = (roomId: string): string => `${pathOf(roomId)}/members`;
export const addPathOf = (roomId: string): string => `${pathOf(roomId)}/add`;
export const personPathOf = (username: string): string => `/people/${username}`;
