import type { TestApp } from '../support/app.ts';
import type { TestUser } from '../support/http.ts';

/** Signs up and is made an admin behind the API's back, as scripts/create-admin.ts does it. */
export async function signUpAdmin(app: TestApp, name: string): Promise<TestUser> {
  const user = await app.signUp(name);
  await app.db.updateTable('users').set({ role: 'admin' }).where('username', '=', name).execute();
  return user;
}
