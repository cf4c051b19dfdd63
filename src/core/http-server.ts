import Fastify, { LogController } from 'fastify';
import type { Config } from './config.ts';
import {
  answerExpectation,
  answerFrameworkError,
  answerUnreadable,
  registerErrorHandler,
} from './error-handler.ts';
import { acceptJsonAlone } from './json-body.ts';
import { type Logger, registerRequestLog } from './logger.ts';
import { validatorCompiler } from './validation.ts';

/** Bytes of a request's body, unless its route allows more. */
const BODY_LIMIT = 65_536;

/** Fastify with the rules that hold for every request, and a time limit on everything that a client does. */
export function httpServer({ requestTimeout }: Config, log: Logger) {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout,
    handlerTimeout: 2 * requestTimeout,
    connectionTimeout: 2 * requestTimeout,
    http: {
      headersTimeout: Math.min(10_000, requestTimeout),
      // How often Node looks for requests that are late: by default every 30 seconds.
      connectionsCheckingInterval: 1_000,
    },
    forceCloseConnections: 'idle',
    // What still arrives while closing is served; see connections.ts.
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerUnreadable,
    routerOptions: { maxParamLength: 300 },
  });
  app.server.on('checkExpectation', answerExpectation);
  acceptJsonAlone(app);
  app.setValidatorCompiler(validatorCompiler);
  registerErrorHandler(app);
  registerRequestLog(app);
  return app;
}
