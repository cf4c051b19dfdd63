import { createECDH } from 'node:crypto';

/** Whether these are the two halves of one key pair on P-256, in base64url, as RFC 8292 has servers identify themselves. */
export function isVapidPair(publicKey: string, privateKey: string): boolean {
  try {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(privateKey, 'base64url');
    return pair.getPublicKey('base64url') === publicKey;
  } catch {
    return false;
  }
}
