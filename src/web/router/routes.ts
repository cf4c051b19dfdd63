/** What the address says to show. The server knows the same addresses. */
export type Route =
  | { view: 'list' | 'people' | 'rooms' | 'newRoom' | 'settings' | 'nothing' }
  | { view: 'signIn' | 'register' | 'forgotPassword' | 'resetPassword' | 'confirmEmail' }
  | { view: 'changeEmail' | 'changePassword' | 'devices' | 'blocked' | 'deleteAccount' }
  | { view: 'conversation' | 'members' | 'addPeople'; id: string }
  | { view: 'person'; username: string }
  | { view: 'adminOverview' | 'adminUsers' | 'adminRooms' | 'adminMessages' | 'adminAudit' }
  | { view: 'adminUser'; username: string };

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
  const [, user] = /^\/admin\/users\/([^/]+)$/.exec(path) ?? [];
  if (user !== undefined) return { view: 'adminUser', username: user };
  return { view: views[path] ?? 'nothing' };
}

export const pathOf = (conversationId: string): string => `/c/${conversationId}`;
export const membersPathOf = (roomId: string): string => `${pathOf(roomId)}/members`;
export const addPathOf = (roomId: string): string => `${pathOf(roomId)}/add`;
export const personPathOf = (username: string): string => `/people/${username}`;
export const adminUserPathOf = (username: string): string => `/admin/users/${username}`;
