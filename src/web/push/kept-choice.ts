import { kept } from '../shell/kept.ts';

// Of a person and not of the browser: whoever signs in here next is to choose for themselves.

export const isOnFor = (username: string): boolean => kept.get('push') === username;

export const keepOnFor = (username: string | undefined): void => kept.set('push', username);
