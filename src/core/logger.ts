import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { pino } from 'pino';

/** Pino, as Fastify makes it: one JSON line per event. */
export type Logger = FastifyBaseLogger;

export const createLogger = (level: string): Logger =>
  pino({ level, serializers: { err: describeError } });

/** Without what was stored or asked for: a driver's error carries its whole statement, values and all. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, code, errno, errcode, stack } = error as Error & Record<string, unknown>;
  const isDriver = 'sql' in error || 'sqlMessage' in error || errcode !== undefined;
  const frames = String(stack).split('\n    at ').slice(1).join('\n    at ');
  return {
    type: name,
    message: isDriver ? 'the database refused a statement' : error.message,
    code,
    errno,
    errcode,
    stack: frames,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** One line a request. The pattern of the route and not the address, which may hold what people search for. */
export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        route: request.is404 ? 'none' : request.routeOptions.url,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
      },
      'answered',
    );
    done();
  });
}
