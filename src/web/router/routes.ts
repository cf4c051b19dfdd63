/** What the address says to show. The server knows the same addresses. */
export type Route =
  | { view: 'list' | 'people' | 'rooms' | 'newRoom' | 'settings' | 'nothing' }
  | { view: 'signIn' | 'register' | 'forgotPassword' | 'resetPassword' | 'confirmEmail' }
  | { view: 'conversation' | 'members' | 'addPeople'; id: string };

const views: Record<string, Exclude<Route, { id: string }>['view']> = {
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
  return { view: views[path] ?? 'nothing' };
}

export const pathOf = (conversationId: string): string => `/c/${conversationId}`;
export const membersPathOf = (roomId: string): string => `${pathOf(roomId)}/members`;
export const addPathOf = (roomId: string): string => `${pathOf(roomId)}/add`;
