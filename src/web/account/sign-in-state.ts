import { signal } from '@preact/signals';
import type { DoorbellState, Me, RegisterBody } from '../../client/index.ts';
import { showKept } from '../conversations/conversations.ts';
import { doorbell } from '../doorbell.ts';
import { learnNames } from '../people/names.ts';

/** `starting`: it is not known yet whether somebody is. */
export type SignInState = 'starting' | 'unreachable' | 'signedOut' | 'signedIn';

export const signInState = signal<SignInState>('starting');
export const me = signal<Me | undefined>();
export const connection = signal<DoorbellState>('offline');

/** Milliseconds between two tries of a page that was loaded but finds no server. */
const PATIENCE = 3_000;

/** Takes up the sign-in that the browser keeps, if there is one. */
export function startSignIn(): void {
  doorbell.on('state', (state) => {
    connection.value = state;
    if (state === 'signedOut') enter(undefined);
  });
  doorbell.on('me', (user) => {
    me.value = user;
    learnNames([user]);
  });
  // What is held is kept, and another tab gets the socket. The browser may show the page as it was when one comes back.
  addEventListener('pagehide', () => doorbell.close());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted && me.value) connect();
  });
  addEventListener('online', () => doorbell.hurry());
  addEventListener('visibilitychange', () => doorbell.hurry());
  void restore();
}

async function restore(): Promise<void> {
  try {
    enter(await doorbell.restore());
  } catch {
    signInState.value = 'unreachable';
    setTimeout(() => void restore(), PATIENCE);
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  enter(await doorbell.login(username, password));
}

export async function register(account: RegisterBody): Promise<void> {
  enter(await doorbell.register(account));
}

function enter(user: Me | undefined): void {
  me.value = user;
  if (user) learnNames([user]);
  if (user) showKept();
  signInState.value = user ? 'signedIn' : 'signedOut';
  if (user) connect();
}

function connect(): void {
  // Rejects when signed out, of which `state` tells, or closed.
  doorbell.connect().catch(() => {});
}
