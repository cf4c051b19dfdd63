import { me } from '../account/sign-in-state.ts';
import { kept } from '../shell/kept.ts';

const MOST = 16;

const nameOfKept = (): string => `emoji of ${me.peek()?.username}`;

/** Those that whoever is signed in picked last in this browser, newest first. */
export const recentEmoji = (): string[] =>
  (kept.get(nameOfKept()) ?? '').split(' ').filter((emoji) => emoji !== '');

export function rememberEmoji(picked: string): void {
  const others = recentEmoji().filter((emoji) => emoji !== picked);
  kept.set(nameOfKept(), [picked, ...others].slice(0, MOST).join(' '));
}
