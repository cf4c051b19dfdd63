import jwt from '@fastify/jwt';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyPluginAsync, LogController } from 'fastify';
import { conversationRoutes } from './conversations/routes.ts';
import { registerApiPages } from './core/api-pages.ts';
import {
  authenticator,
  findEndedSessions,
  ISSUER,
  registerAuthentication,
} from './core/authenticate.ts';
import type { Bus } from './core/bus.ts';
import { forbidStoring } from './core/caching.ts';
import type { Config } from './core/config.ts';
import { registerConnectionRules } from './core/connections.ts';
import type { Database } from './core/database.ts';
import { answerError, answerUnreadable, registerErrorHandler } from './core/error-handler.ts';
import { healthRoutes, refuseUntil } from './core/health.ts';
import { acceptJsonAlone } from './core/json-body.ts';
import { type Logger, registerRequestLog } from './core/logger.ts';
import { createMetrics, registerMetrics } from './core/metrics.ts';
import { validatorCompiler } from './core/validation.ts';
import { conversationMessageRoutes, messageRoutes } from './messages/routes.ts';
import { announcer } from './notifications/announce.ts';
import { asyncApi } from './notifications/asyncapi.ts';
import { type Commands, dispatcher } from './notifications/commands.ts';
import { MAX_FRAME, SUBPROTOCOL, socketRoute } from './notifications/socket-route.ts';
import { keepSubscribers } from './notifications/subscribers.ts';
import { tokenRenew } from './notifications/token-renew.ts';
import { syncRoutes } from './sync/routes.ts';
import { authRoutes } from './users/auth-routes.ts';
import { sessionKeeper } from './users/sessions.ts';
import { userRoutes } from './users/user-routes.ts';

export interface AppParts {
  config: Config;
  /** At least 32 characters; signs access tokens and derives refresh tokens. */
  jwtSecret: string;
  db: Database;
  bus: Bus;
  log: Logger;
  /** False until the tables are as this version needs them. */
  isMigrated(): boolean;
}

/** The table of contents: what the service is made of, and where each part answers. */
export async function buildApp({ config, jwtSecret, db, bus, log, isMigrated }: AppParts) {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    bodyLimit: 65_536,
    requestTimeout: config.requestTimeout,
    handlerTimeout: 2 * config.requestTimeout,
    connectionTimeout: 4 * config.requestTimeout,
    // How often Node looks for requests that are late: by default every 30 seconds.
    http: {
      headersTimeout: Math.min(10_000, config.requestTimeout),
      connectionsCheckingInterval: 1_000,
    },
    forceCloseConnections: 'idle',
    // What still arrives while closing is served; see core/connections.ts.
    return503OnClosing: false,
    frameworkErrors: answerError,
    clientErrorHandler: answerUnreadable,
    routerOptions: { maxParamLength: 300 },
  });
  acceptJsonAlone(app);
  app.setValidatorCompiler(validatorCompiler);
  registerErrorHandler(app);
  await app.register(jwt, {
    secret: jwtSecret,
    sign: {
      algorithm: 'HS256',
      iss: ISSUER,
      aud: ISSUER,
      expiresIn: `${config.accessTokenSeconds}s`,
    },
    verify: {
      algorithms: ['HS256'],
      allowedIss: ISSUER,
      allowedAud: ISSUER,
      requiredClaims: ['iss', 'aud', 'sub', 'sid', 'exp'],
      cache: false,
    },
  });

  const metrics = createMetrics();
  const authenticate = authenticator(app.jwt, db);
  const announce = announcer(bus);
  const subscribers = keepSubscribers({
    bus,
    metrics,
    log,
    config,
    findEndedSessions: (ids) => findEndedSessions(db, ids),
  });
  const sessions = sessionKeeper({ db, bus, jwt: app.jwt, jwtSecret, config });
  const commands: Commands = { 'token.renew': tokenRenew(authenticate) };

  await app.register(websocket, {
    options: {
      maxPayload: MAX_FRAME,
      handleProtocols: () => SUBPROTOCOL,
    },
    errorHandler: (error, _socket, request) => {
      // `ws` closes the socket with the code of the error; a client can cause any number of these.
      request.log.info({ code: (error as { code?: string }).code }, 'unreadable frame');
    },
    preClose: (done) => {
      subscribers.closeAll();
      app.websocketServer.close(() => done());
    },
  });
  registerConnectionRules(app);
  await registerApiPages(app, { asyncApi: asyncApi(config.publicUrl, commands) });
  registerRequestLog(app);
  registerMetrics(app, metrics);

  const api: FastifyPluginAsync = async (scope) => {
    refuseUntil(scope, isMigrated);
    forbidStoring(scope);
    registerAuthentication(scope, authenticate);
    scope.register(authRoutes({ db, sessions }), { prefix: '/auth' });
    scope.register(userRoutes({ db }), { prefix: '/users' });
    scope.register(conversationRoutes({ db, announce }), { prefix: '/conversations' });
    scope.register(conversationMessageRoutes({ db, announce, ...config }), {
      prefix: '/conversations',
    });
    scope.register(messageRoutes({ db }), { prefix: '/messages' });
    scope.register(syncRoutes({ db }), { prefix: '/sync' });
    const dispatch = dispatcher(commands, log);
    scope.register(socketRoute({ subscribers, dispatch, config }), { prefix: '/socket' });
  };
  app.register(healthRoutes({ db, bus, isMigrated }), { prefix: '/health' });
  app.register(api, { prefix: '/api/v1' });
  return app;
}
