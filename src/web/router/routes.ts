/** What the address says to show. The server knows the same addresses. */
export type Route =
  | { view: 'list' | 'people' | 'rooms' | 'newRoom' | 'settings' | 'nothing' }
  | { view: 'signIn' | 'register' | 'forgotPassword' | 'resetPassword' | 'confirmEmail' }
  | { view: 'conversation'; id: string };

const views: Record<string, Exclude<Route['view'], 'conversation'>> = {
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

export function routeOf(path: string): Route {
  const [, id] = /^\/c\/([^/]+)$/.exec(path) ?? [];
  if (id !== undefined) return { view: 'conversation', id };
  return { view: views[path] ?? 'nothing' };
}

export const pathOf = (conversationId: string): string => `/c/${conversationId}`;
