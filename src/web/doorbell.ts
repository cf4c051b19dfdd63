import { Doorbell } from '../client/index.ts';
import { indexedDbStore } from '../client/indexed-db-store.ts';

/** The one client of this page. */
export const doorbell = new Doorbell({
  url: location.origin,
  session: 'cookie',
  shareSocket: true,
  store: indexedDbStore(),
});

/** Whoever signs in next in this window is not to see what is kept for whoever was there before. */
export const atSignOut = (forget: () => void): void =>
  void doorbell.on('state', (state) => {
    if (state === 'signedOut') forget();
  });
