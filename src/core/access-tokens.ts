import { createHash } from 'node:crypto';
import jwt, { type JWT } from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { parseId } from './ids.ts';
import { ProblemError } from './problems.ts';
import { recentMap } from './recent-map.ts';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sub: string; sid: number };
  }
}

/** What a valid access token says; whether its session is still in force the database knows. */
interface Claims {
  userId: number;
  sessionId: number;
  /** Epoch milliseconds. */
  endsAt: number;
}

export interface AccessTokens {
  sign(userId: number, sessionId: number): string;
  /** Throws a 401. */
  verify(token: string): Claims;
}

const ISSUER = 'doorbell';

/** Tokens that are remembered as verified; each takes about half a kilobyte. */
const MAX_REMEMBERED = 20_000;

/**
 * Access tokens: HS256 alone, and none without an issuer, an audience, a user, a session and an end. The first key
 * signs, tokens of the others are good as well: each says by its `kid` which of them it is of, and is tried
 * with no other.
 */
export async function registerAccessTokens(
  app: FastifyInstance,
  keys: readonly [string, ...string[]],
  { accessTokenSeconds }: Pick<Config, 'accessTokenSeconds'>,
): Promise<AccessTokens> {
  for (const key of new Set(keys)) {
    const kid = idOf(key);
    await app.register(jwt, {
      namespace: kid,
      secret: key,
      sign: {
        algorithm: 'HS256',
        kid,
        iss: ISSUER,
        aud: ISSUER,
        expiresIn: `${accessTokenSeconds}s`,
      },
      verify: {
        algorithms: ['HS256'],
        allowedIss: ISSUER,
        allowedAud: ISSUER,
        requiredClaims: ['iss', 'aud', 'sub', 'sid', 'exp'],
        cache: false,
      },
    });
  }
  // The types of @fastify/jwt leave out what it adds for a namespace.
  const jwtOf = (kid: string): JWT => Reflect.get(app.jwt, kid);
  const verifiers = new Map(keys.map(idOf).map((kid) => [kid, jwtOf(kid)]));
  const [signer] = verifiers.values();
  if (!signer) throw new Error('there is no key to sign with');
  return {
    sign: (userId, sessionId) => signer.sign({ sub: String(userId), sid: sessionId }),
    verify: onceInALife((token) => {
      const kid = kidOf(token);
      const named = kid === undefined ? [...verifiers.values()] : [verifiers.get(kid)];
      for (const verifier of named) {
        const claims = verifier && verifiedClaims(verifier, token);
        if (claims) return claims;
      }
      throw new ProblemError('unauthenticated');
    }),
  };
}

/**
 * What a signature vouches for does not change until the token ends: it is looked at once, which takes as long as
 * all else of a read. Only good ones are remembered, so that no flood of others drives them out.
 */
function onceInALife(verify: (token: string) => Claims): (token: string) => Claims {
  const verified = recentMap<string, Claims>(MAX_REMEMBERED);
  return (token) => {
    const known = verified.get(token);
    if (known && known.endsAt > Date.now()) return known;
    verified.delete(token);
    const claims = verify(token);
    verified.set(token, claims);
    return claims;
  };
}

/** Tells the keys apart, and nothing about them. */
const idOf = (key: string): string =>
  createHash('sha256').update(`key id of ${key}`).digest('hex').slice(0, 16);

/** Of a header that nobody has vouched for yet; what is no text is the id of no key. */
function kidOf(token: string): string | undefined {
  try {
    const [header = ''] = token.split('.', 1);
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    return kid === undefined || typeof kid === 'string' ? kid : '';
  } catch {
    return undefined;
  }
}

function verifiedClaims(verifier: JWT, token: string): Claims | undefined {
  try {
    const { sub, sid, exp } = verifier.verify<{ sub: unknown; sid: unknown; exp: number }>(token);
    const userId = parseId(String(sub));
    const sessionId = parseId(String(sid));
    if (userId === undefined || sessionId === undefined) return undefined;
    return { userId, sessionId, endsAt: exp * 1_000 };
  } catch {
    return undefined;
  }
}
