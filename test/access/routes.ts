import type { Api } from '../support/http.ts';
import { newSubscription } from '../support/push-service.ts';

export interface Route {
  method: string;
  /** Below /api/v1, with `{id}` and the like. */
  path: string;
  /** `GET /messages/{id}` */
  name: string;
  access: string;
  needsBody: boolean;
}

/** Every route of the API that the server knows, and who, it says, may call it. */
export async function listRoutes(app: Api): Promise<Route[]> {
  const { body } = await app.request('GET', '/openapi.json');
  return Object.entries<Record<string, object>>(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(() => path.startsWith('/api/v1/'))
      .map(([method, operation]) => {
        const { requestBody, 'x-access': access } = operation as {
          requestBody?: { required?: boolean };
          'x-access'?: string;
        };
        const short = path.slice('/api/v1'.length);
        return {
          method: method.toUpperCase(),
          path: short,
          name: `${method.toUpperCase()} ${short}`,
          access: access ?? 'none declared',
          needsBody: requestBody !== undefined,
        };
      }),
  );
}

/** A body that each route takes which wants one. */
export const BODIES: Record<string, object> = {
  'POST /auth/register': { username: 'newcomer', email: 'newcomer@example.org', password: 'x' },
  'POST /auth/login': { username: 'nobody', password: 'not a password' },
  'POST /auth/refresh': { refreshToken: 'none' },
  'POST /auth/forgot-password': { email: 'nobody@example.org' },
  'POST /auth/reset-password': { token: 'none', password: 'a password for tests' },
  'POST /auth/confirm-email': { token: 'none' },
  'PATCH /users/me': { about: 'Somebody' },
  'PUT /users/me/password': { currentPassword: 'wrong', password: 'a password for tests' },
  'PUT /users/me/email': { email: 'other@example.org', password: 'wrong' },
  'POST /conversations': { title: 'A room' },
  'PATCH /conversations/{id}': { title: 'Another title' },
  'PUT /conversations/{id}/read': { sequence: 1 },
  'PATCH /conversations/{id}/preferences': { muted: true },
  'PUT /conversations/{id}/members/{username}': { role: 'member' },
  'POST /conversations/{id}/messages': { body: 'words of whoever may' },
  'PATCH /messages/{id}': { body: 'other words' },
  'POST /sync': { conversations: {} },
  'PUT /push/subscriptions': newSubscription('https://push.example.org/others'),
  'PATCH /admin/users/{username}': { disabled: false },
};
