import { createPublicKey } from 'node:crypto';

const LENGTH = 65;
const UNCOMPRESSED = 4;
const HALF = 32;

/** Whether this is a point on P-256 as RFC 8291 3.1 has it; to encrypt for any other would fail, later and each time. */
export function isDeviceKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== LENGTH || bytes[0] !== UNCOMPRESSED) return false;
  const x = bytes.subarray(1, 1 + HALF).toString('base64url');
  const y = bytes.subarray(1 + HALF).toString('base64url');
  try {
    createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
    return true;
  } catch {
    return false;
  }
}
