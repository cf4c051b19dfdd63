import { Doorbell } from '../client/index.ts';

/** The one client of this page. */
export const doorbell = new Doorbell({ url: location.origin, session: 'cookie' });
