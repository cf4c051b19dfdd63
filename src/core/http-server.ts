import Fastify, { LogController } from 'fastify';
import type { Admission } from './admission.ts';
import { admitting } from './admit-requests.ts';
import { answerInTime } from './answer-in-time.ts';
import { keepAnswersUnderWay } from './answers-under-way.ts';
import type { Config } from './config.ts';
import {
  answerExpectation,
  answerOverloaded,
  answerUnreadable,
  answerUnrouted,
  registerErrorHandler,
} from './error-handler.ts';
import { acceptJsonAlone } from './json-body.ts';
import { type Logger, registerRequestLog } from './logger.ts';
import { createServer } from './node-http.ts';
import { registerSecurityHeaders, securityHeaders } from './security-headers.ts';
import { registerSendJson } from './send-json.ts';
import { serializerCompiler } from './serialization.ts';
import { validatorCompiler } from './validation.ts';

/** Bytes of a request's body, unless its route allows more. */
const BODY_LIMIT = 65_536;

/** Milliseconds that a connection may wait for its next request: longer than proxies keep theirs, which else send into a closed one. */
const KEEP_ALIVE_TIMEOUT = 72_000;

/** Fastify with the rules that hold for every request, and a time limit on everything that a client does. */
export async function httpServer(
  { requestTimeout, trustedProxies, publicUrl, corsOrigins }: Config,
  log: Logger,
  admission: Admission,
) {
  const headers = await securityHeaders(publicUrl);
  const answers = keepAnswersUnderWay();
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    bodyLimit: BODY_LIMIT,
    trustProxy: trustedProxies.length > 0 && trustedProxies,
    serverFactory: (handle) => {
      const options = {
        requestTimeout,
        headersTimeout: Math.min(10_000, requestTimeout),
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
        // How often Node looks for requests that are late: by default every 30 seconds.
        connectionsCheckingInterval: 1_000,
      };
      const refuse = answerOverloaded(headers.data, corsOrigins);
      const listener = answers.counting(admitting(admission, refuse, handle));
      return createServer(options, listener).setTimeout(2 * requestTimeout);
    },
    forceCloseConnections: 'idle',
    // What still arrives while closing is served; see answers-under-way.ts.
    return503OnClosing: false,
    frameworkErrors: answerUnrouted(headers.data),
    clientErrorHandler: answerUnreadable(headers.data),
    routerOptions: { maxParamLength: 300 },
  });
  app.server.on('checkExpectation', answerExpectation(headers.data));
  registerSecurityHeaders(app, headers);
  registerSendJson(app, headers.data);
  app.addHook('preClose', (done) => {
    answers.closeConnections();
    done();
  });
  answerInTime(app, 2 * requestTimeout);
  acceptJsonAlone(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerErrorHandler(app);
  registerRequestLog(app);
  return app;
}
