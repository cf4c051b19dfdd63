declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';

  /** RFC 8188 and 8291, as whoever receives a push does it. */
  export function decrypt(
    body: Buffer,
    options: { version: 'aes128gcm'; privateKey: ECDH; authSecret: string },
  ): Buffer;
}
