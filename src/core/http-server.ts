import Fastify, { LogController } from 'fastify';
import type { Config } from './config.ts';
import {
  answerExpectation,
  answerUnreadable,
  answerUnrouted,
  registerErrorHandler,
} from './error-handler.ts';
import { acceptJsonAlone } from './json-body.ts';
import { type Logger, registerRequestLog } from './logger.ts';
import { registerSecurityHeaders, securityHeaders } from './security-headers.ts';
import { validatorCompiler } from './validation.ts';

/** Bytes of a request's body, unless its route allows more. */
const BODY_LIMIT = 65_536;

/** Fastify with the rules that hold for every request, and a time limit on everything that a client does. */
export async function httpServer(
  { requestTimeout, trustedProxies, publicUrl }: Config,
  log: Logger,
) {
  const headers = await securityHeaders(publicUrl);
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout,
    trustProxy: trustedProxies.length > 0 && trustedProxies,
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
    frameworkErrors: answerUnrouted(headers.data),
    clientErrorHandler: answerUnreadable(headers.data),
    routerOptions: { maxParamLength: 300 },
  });
  app.server.on('checkExpectation', answerExpectation(headers.data));
  registerSecurityHeaders(app, headers);
  acceptJsonAlone(app);
  app.setValidatorCompiler(validatorCompiler);
  registerErrorHandler(app);
  registerRequestLog(app);
  return app;
}
