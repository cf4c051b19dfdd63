import ipaddr from 'ipaddr.js';

const { IPv4, IPv6 } = ipaddr;

/** An address or a network; not all there are, for then anybody could say to be anybody. */
export const isTrustedProxy = (text: string): boolean =>
  IPv4.isValidFourPartDecimal(text) ||
  IPv6.isValid(text) ||
  ((IPv4.isValidCIDRFourPartDecimal(text) || IPv6.isValidCIDR(text)) && !/\/0+$/.test(text));
