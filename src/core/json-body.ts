import type { FastifyInstance } from 'fastify';

/**
 * JSON is the one type of body: Fastify would read plain text too. An empty one is no body, as
 * clients send it that set the type for every call. Keys that reach for a prototype are a 400.
 */
export function acceptJsonAlone(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, String(body), done);
  });
}
