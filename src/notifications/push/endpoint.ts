import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

// Where a push goes is chosen by users: without these rules they could have the server call what only it can reach.

export interface EndpointRules {
  /** For tests: this machine is allowed too, and by http. */
  allowLoopback: boolean;
}

/** A push service is not to be called at such an address. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** By its form; where its name leads shows when it is called. */
export function isAllowedEndpoint(endpoint: string, { allowLoopback }: EndpointRules): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port, username, password } = new URL(endpoint);
  if (username !== '' || password !== '') return false;
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const isAddress = ipaddr.isValid(address);
  if (allowLoopback && (isAddress ? isLoopback(address) : hostname === 'localhost')) return true;
  return protocol === 'https:' && port === '' && !isAddress;
}

const isLoopback = (address: string): boolean => ipaddr.parse(address).range() === 'loopback';

/** All of IPv6 that is given out to be reached from everywhere. */
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

function isPublic(text: string): boolean {
  const address = ipaddr.parse(text);
  const isGiven = address instanceof ipaddr.IPv4 || address.match(GLOBAL);
  return isGiven && address.range() === 'unicast';
}

/**
 * Looks a name up for the connection that is about to be made, so that it goes to the very address that was checked, whatever
 * the name led to before. Fails with ForbiddenAddressError when any of its addresses is not public.
 */
export const publicLookup =
  ({ allowLoopback }: EndpointRules): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
      const [first] = addresses;
      const forbidden = addresses.find(
        ({ address }) => !isPublic(address) && !(allowLoopback && isLoopback(address)),
      );
      if (error || !first) callback(error ?? new Error(`no address of ${hostname}`), '', 0);
      else if (forbidden) callback(new ForbiddenAddressError('not a public address'), '', 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
