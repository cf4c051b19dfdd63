import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Who is counted as one address: IPv4 as it is, also where IPv6 carries it; of IPv6 the /64, in which
 * one customer has all addresses to himself. What is no address, as a proxy may hand it on, is one together.
 */
export function addressKey(ip: string): string {
  if (isIPv4(ip)) return ip;
  if (!ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const network = address.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
