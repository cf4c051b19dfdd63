import type { FastifyBaseLogger, FastifyInstance } from 'fastify';

/** Pino, as Fastify makes it: one JSON line per event. */
export type Logger = FastifyBaseLogger;

/** One line a request. The pattern of the route and not the address, which may hold what people search for. */
export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.is404 ? 'none' : request.routeOptions.url,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
      },
      'answered',
    );
  });
}
