import { createHmac } from 'node:crypto';

type Claims = Record<string, unknown>;

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A JWT with whatever header and payload, signed by HMAC; text is taken as it is. */
export function signToken(
  { header, payload }: { header: unknown; payload: unknown },
  secret: string,
  hash = 'sha256',
): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}

/** What a token says, unchecked. */
export function readToken(token: string): { header: Claims; payload: Claims } {
  const [header = '', payload = ''] = token.split('.');
  const decode = (part: string): Claims => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: decode(header), payload: decode(payload) };
}
