import { me } from '../account/sign-in-state.ts';

/** What stands in place of the username of a deleted account is none that one could register. */
const isDeleted = (username: string): boolean => username.startsWith('deleted:');

/** Whom one could write to, or block. */
export const isSomebodyElse = (username: string): boolean =>
  username !== me.value?.username && !isDeleted(username);
