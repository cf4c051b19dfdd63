import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import Fastify, { type FastifyInstance } from 'fastify';
import { NOT_STORED } from './caching.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a browser makes of the answers. Without this they are data, for which it loads and runs nothing. */
    shownAs?: 'page' | 'apiPage';
  }
}

export type Headers = Readonly<Record<string, string>>;
type SecurityHeaders = Record<'data' | 'page' | 'apiPage', Headers>;

const YEAR = 31_536_000;

type Directives = Record<string, readonly string[]>;

const data: Directives = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** All from this server, nothing inline. Sockets are named for browsers whose 'self' leaves them out. */
const pageOf = (publicUrl: string): Directives => ({
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'connect-src': ["'self'", new URL(publicUrl).origin.replace(/^http/, 'ws')],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
});

/**
 * The API viewer makes six style elements as it goes, all but one without a nonce, and sets style attributes in
 * its templates: without 'unsafe-inline' it is a heap of text. Scripts stay strict: its one eval asks whether it may.
 */
const VIEWER: Directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'unsafe-inline'"],
};

/**
 * What every answer says to browsers, by kind. Made once, because @fastify/helmet works it out anew for each
 * request, and because answers that never were a request need it too.
 */
export async function securityHeaders(publicUrl: string): Promise<SecurityHeaders> {
  const page = pageOf(publicUrl);
  const made = (directives: Directives) => headersOf(directives, publicUrl);
  return {
    data: await made(data),
    page: await made(page),
    apiPage: await made({ ...page, ...VIEWER }),
  };
}

async function headersOf(directives: Directives, publicUrl: string): Promise<Headers> {
  const options: FastifyHelmetOptions = {
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: publicUrl.startsWith('https:') && {
      maxAge: YEAR,
      // What else is at the domain is not ours to decide.
      includeSubDomains: false,
    },
    xFrameOptions: { action: 'deny' },
    // For browsers that are gone, and for Flash.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
  };
  const app = Fastify();
  await app.register(helmet, options);
  app.get('/', (_request, reply) => reply.raw.getHeaders());
  const answer = await app.inject('/');
  return { ...answer.json(), ...NOT_STORED };
}

/** On everything that is sent, whoever answers, unless the answer has its own; `sendJson` does the same. */
export function registerSecurityHeaders(app: FastifyInstance, headers: SecurityHeaders): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    const shown = headers[request.routeOptions.config?.shownAs ?? 'data'];
    reply.headers({ ...shown, ...reply.getHeaders() });
    done();
  });
}
