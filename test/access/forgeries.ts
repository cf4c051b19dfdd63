import { createHash, createHmac, generateKeyPairSync, sign as signBy } from 'node:crypto';
import { readToken, signToken } from '../support/tokens.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Tokens that nobody may come in with, by what is wrong with them. Most are signed with the real key: whoever is let in by
 * one of them is let in by what it says.
 */
export function forgeries(good: string, secret: string): Record<string, string> {
  const { header, payload } = readToken(good);
  const now = Math.floor(Date.now() / 1_000);
  const signed = (changes: object, headers: object = {}): string =>
    signToken({ header: { ...header, ...headers }, payload: { ...payload, ...changes } }, secret);
  const raw = (text: string, headers: unknown = header): string =>
    signToken({ header: headers, payload: text }, secret);
  const without = (claim: string): string => signed({ [claim]: undefined });
  const [head = '', body = '', signature = ''] = good.split('.');
  const flipped = Buffer.from(signature, 'base64url');
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed = generateKeyPairSync('ed25519');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const asymmetric = (alg: string, by: (text: Buffer) => Buffer): string => {
    const text = `${encode({ ...header, alg })}.${body}`;
    return `${text}.${by(Buffer.from(text)).toString('base64url')}`;
  };
  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const kid = String(header['kid']);

  return {
    // The form.
    nothing: '',
    'two dots': '..',
    nonsense: 'a.b.c',
    'only a header': head,
    'no signature': `${head}.${body}`,
    'an empty signature': `${head}.${body}.`,
    'four parts': `${good}.${signature}`,
    'another signature': `${head}.${body}.${flipped.toString('base64url')}`,
    'a signature in base64': `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}=`,
    'half a signature': `${head}.${body}.${signature.slice(0, 20)}`,
    'a longer signature': `${good}AAAA`,
    'a payload of somebody else under this signature': `${head}.${encode({ ...payload, sub: '2' })}.${signature}`,
    'a header of another key under this signature': `${encode({ ...header, kid: 'other' })}.${body}.${signature}`,
    'a payload that is no JSON': raw('{"sub":'),
    'a payload that is empty': raw(''),
    'a payload that is null': raw('null'),
    'a payload that is text': raw('"admin"'),
    'a payload that is a number': raw('1'),
    'a payload that is a list': raw(JSON.stringify([payload])),
    'a header that is null': signToken({ header: 'null', payload }, secret),
    'a header that is a list': signToken({ header: [header], payload }, secret),
    'a header without an algorithm': signed({}, { alg: undefined }),
    'a token in a token': signToken({ header: { ...header, cty: 'JWT' }, payload: good }, secret),

    // The algorithm and the key.
    'alg none': `${encode({ ...header, alg: 'none' })}.${body}.`,
    'alg None': `${encode({ ...header, alg: 'None' })}.${body}.`,
    'alg NONE with a signature': `${encode({ ...header, alg: 'NONE' })}.${body}.${signature}`,
    'alg none without a kid': `${encode({ alg: 'none' })}.${body}.`,
    'alg hs256 in small letters': signed({}, { alg: 'hs256' }),
    HS384: signToken({ header: { ...header, alg: 'HS384' }, payload }, secret, 'sha384'),
    HS512: signToken({ header: { ...header, alg: 'HS512' }, payload }, secret, 'sha512'),
    'HS512 that says HS256': signToken({ header, payload }, secret, 'sha512'),
    RS256: asymmetric('RS256', (text) => signBy('sha256', text, rsa.privateKey)),
    'RS256 that is an HMAC by the public key': signToken({ header, payload }, publicPem),
    ES256: asymmetric('ES256', (text) => signBy('sha256', text, ec.privateKey)),
    EdDSA: asymmetric('EdDSA', (text) => signBy(null, text, ed.privateKey)),
    'another key': signToken({ header, payload }, 'y'.repeat(64)),
    'an empty key': signToken({ header, payload }, ''),
    'a key of zeros': signToken({ header, payload }, '\0'.repeat(32)),
    'the key id as key': signToken({ header, payload }, kid),
    'a hash of the key': signToken(
      { header, payload },
      createHash('sha256').update(secret).digest('hex'),
    ),
    'the key in small letters': signToken({ header, payload }, `${secret} `),
    'a key that comes along': signToken(
      { header: { ...header, jwk: { kty: 'oct', k: encode('mine') } }, payload },
      encode('mine'),
    ),
    'a key to be fetched': signToken(
      {
        header: { ...header, jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/' },
        payload,
      },
      'mine'.repeat(10),
    ),
    'an unknown kid': signed({}, { kid: 'ffffffffffffffff' }),
    'a kid that is a path': signed({}, { kid: '../../../../dev/null' }),
    'a kid that is a list': signed({}, { kid: [kid] }),
    'a kid out of a prototype': signed({}, { kid: '__proto__' }),
    'a kid that is null': signed({}, { kid: null }),
    'a critical extension that nobody knows': signed({}, { crit: ['b64'], b64: false }),

    // What it says.
    ...Object.fromEntries(
      ['iss', 'aud', 'sub', 'sid', 'exp'].map((name) => [`no ${name}`, without(name)]),
    ),
    'another issuer': signed({ iss: 'other' }),
    'an issuer that is a list': signed({ iss: ['doorbell', 'other'] }),
    'another audience': signed({ aud: 'other' }),
    'no audience in the list': signed({ aud: [] }),
    'an end in the past': signed({ exp: now - 1 }),
    'an end at the beginning of time': signed({ exp: 0 }),
    'an end before time': signed({ exp: -1 }),
    'an end that is text': signed({ exp: String(now + 600) }),
    'an end that is null': signed({ exp: null }),
    'an end that is a list': signed({ exp: [now + 600] }),
    'an end in milliseconds of the past': signed({ exp: (now - 600) / 1_000 }),
    'not before an hour from now': signed({ nbf: now + 3_600 }),
    'another user': signed({ sub: '999999' }),
    'no user': signed({ sub: '' }),
    'a user by name': signed({ sub: 'ana' }),
    'a user that is 0': signed({ sub: '0' }),
    'a user that is negative': signed({ sub: '-1' }),
    'a user that is a list': signed({ sub: [] }),
    'a user that is an object': signed({ sub: { id: 1 } }),
    'another session': signed({ sid: 999_999 }),
    'a session that is a condition': signed({ sid: '1 or 1=1' }),
    'a session that is true': signed({ sid: true }),
    'a session that is no whole number': signed({ sid: 1.5 }),
    'a session that is huge': signed({ sid: 1e300 }),
    'a session that is null': signed({ sid: null }),
    'a session of somebody else': signed({ sub: '2' }),
    'a signature of another kind of thing': `${head}.${body}.${createHmac('sha256', secret).update(`refresh:${body}`).digest('base64url')}`,
  };
}
