import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { isNotFound } from './is-not-found.ts';

/** Waits for a call of an admin. Where there is nothing, it may be that one is no admin any more. */
export async function asAdmin<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) await lookAtMe().catch(() => {});
    throw error;
  }
}

/** One's role may have changed: what is shown goes by it. */
export async function lookAtMe(): Promise<void> {
  const fresh = await doorbell.api.getMe();
  if (fresh.username === me.value?.username) me.value = fresh;
}
