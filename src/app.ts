import type { FastifyPluginAsync } from 'fastify';
import { adminRoutes } from './admin/routes.ts';
import { adminUserRoutes } from './admin/user-routes.ts';
import { setBlock } from './conversations/block-user.ts';
import { conversationCommands } from './conversations/commands.ts';
import { keepDeliveries } from './conversations/deliveries.ts';
import { keepLeaving } from './conversations/leave-for-good.ts';
import { memberRoutes } from './conversations/member-routes.ts';
import { keepPurging } from './conversations/purge-rooms.ts';
import { keepRecipients } from './conversations/recipients.ts';
import { publicRoomRoutes, roomRoutes } from './conversations/room-routes.ts';
import { conversationRoutes } from './conversations/routes.ts';
import { requireDeclaredAccess } from './core/access.ts';
import { registerAccessTokens } from './core/access-tokens.ts';
import { keepAdmission } from './core/admission.ts';
import { registerApiPages } from './core/api-pages.ts';
import {
  authenticator,
  findEndedSessions,
  registerAuthentication,
  sessionFinder,
} from './core/authenticate.ts';
import { keepBackground } from './core/background.ts';
import type { Bus } from './core/bus.ts';
import type { Config } from './core/config.ts';
import { registerCors } from './core/cors.ts';
import type { Database } from './core/database.ts';
import { healthRoutes, refuseUntil } from './core/health.ts';
import { httpServer } from './core/http-server.ts';
import type { JwtSecrets } from './core/jwt-secret.ts';
import { limitAccounts, limitAddresses } from './core/limits/limit-requests.ts';
import { limiter } from './core/limits/limits.ts';
import type { Logger } from './core/logger.ts';
import { mailer } from './core/mail.ts';
import { createMetrics, registerMetrics } from './core/metrics.ts';
import { registerWebPages } from './core/web-pages.ts';
import { withinTime } from './core/within-time.ts';
import { messageChangeRoutes } from './messages/change-routes.ts';
import { messageCommands } from './messages/commands.ts';
import { keepContents } from './messages/contents.ts';
import { messagePoster } from './messages/post-message.ts';
import { conversationMessageRoutes, messageRoutes } from './messages/routes.ts';
import { keepIndexing } from './messages/search/keep-indexing.ts';
import { searchRoutes } from './messages/search/routes.ts';
import { seenFinder } from './messages/seen.ts';
import { announcer, whisperer } from './notifications/announce.ts';
import { profileAnnouncer } from './notifications/announce-profile.ts';
import { asyncApi } from './notifications/asyncapi.ts';
import type { Commands } from './notifications/commands.ts';
import { keepCrowdSpread } from './notifications/crowd-spread.ts';
import { commandDispatcher } from './notifications/dispatcher.ts';
import { keepPresence } from './notifications/presence.ts';
import { keepPush } from './notifications/push/keep-push.ts';
import { pushRoutes } from './notifications/push/routes.ts';
import { resyncWhenSettled } from './notifications/resync-later.ts';
import { socketRoute } from './notifications/socket-route.ts';
import { registerSocketServer } from './notifications/socket-server.ts';
import { keepSubscribers } from './notifications/subscribers.ts';
import { tokenRenew } from './notifications/token-renew.ts';
import { headsFinder } from './sync/heads.ts';
import { syncRoutes } from './sync/routes.ts';
import { authRoutes } from './users/auth-routes.ts';
import { blockRoutes } from './users/block-routes.ts';
import { accountDeleter } from './users/delete-account.ts';
import { letters } from './users/letters.ts';
import { meRoutes } from './users/me-routes.ts';
import { recoveryRoutes } from './users/recovery-routes.ts';
import { sessionKeeper } from './users/sessions.ts';
import { signInLimits } from './users/sign-in-limits.ts';
import { userRoutes } from './users/user-routes.ts';

export interface AppParts {
  config: Config;
  /** The first signs access tokens and derives refresh tokens; tokens of the others are accepted as well. */
  jwtSecrets: JwtSecrets;
  db: Database;
  bus: Bus;
  log: Logger;
  /** False until the tables are as this version needs them. */
  isMigrated(): boolean;
}

/** Milliseconds that a shutdown waits for what works in the background, perhaps on a database that is away. */
const CLOSE_TIMEOUT = 3_000;

/** The table of contents: what the service is made of, and where each part answers. */
export async function buildApp({ config, jwtSecrets, db, bus, log, isMigrated }: AppParts) {
  const metrics = createMetrics();
  const admission = keepAdmission({ config, metrics, log });
  const app = await httpServer(config, log, admission);
  requireDeclaredAccess(app);
  const accessTokens = await registerAccessTokens(app, jwtSecrets, config);
  const limits = limiter({ bus, config });
  const findSession = sessionFinder(db);
  const authenticate = authenticator(accessTokens, findSession);
  const indexing = keepIndexing({ db, log, isMigrated });
  const countSockets = () => subscribers.count();
  const crowdSpread = keepCrowdSpread({ admission, metrics, config, countSockets });
  const hasSocket = (userId: number) => subscribers.hasAny(userId);
  const push = await keepPush({ db, metrics, log, config, hasSocket });
  const announce = push.listenTo(indexing.listenTo(announcer(bus, crowdSpread)));
  const settling = resyncWhenSettled({ db, bus, log });
  const parts = { db, announce, resyncLater: settling.resyncLater, config };
  const deliveries = keepDeliveries({ db, announce, log, config });
  const purge = keepPurging({ db, log, isMigrated });
  const presence = keepPresence({ db, announce, log, config, isMigrated });
  const subscribers = keepSubscribers({
    bus,
    metrics,
    log,
    config,
    presence,
    findEndedSessions: (ids) => findEndedSessions(findSession, ids),
  });
  const leaving = keepLeaving({ ...parts, log, isMigrated, purge });
  const sessions = sessionKeeper({ db, bus, accessTokens, jwtSecrets, config });
  const background = keepBackground(log);
  const accounts = {
    ...parts,
    sessions,
    background,
    mail: mailer(config, log),
    letters: letters(config.publicUrl),
    limits: signInLimits(limits),
  };
  const deleteAccount = accountDeleter({ db, sessions, leaving });
  const contents = keepContents(db, metrics);
  const postMessage = messagePoster({ ...parts, contents, recipients: keepRecipients() });
  const commands: Commands = {
    'token.renew': tokenRenew(authenticate),
    ...conversationCommands({ ...parts, whisper: whisperer(bus) }),
    ...messageCommands({ postMessage }),
  };
  const dispatcher = commandDispatcher({ commands, subscribers, limits, admission, log, config });
  const workers = [background, leaving, indexing, settling, deliveries, purge, presence];
  app.addHook('onClose', async () => {
    crowdSpread.close();
    await dispatcher.close();
    await withinTime(CLOSE_TIMEOUT, push.close());
    await withinTime(CLOSE_TIMEOUT, Promise.all(workers.map(({ close }) => close())));
  });

  await registerSocketServer(app, subscribers, admission);
  await registerCors(app, config);
  await registerApiPages(app, { asyncApi: asyncApi(config.publicUrl, commands) });
  await registerWebPages(app, config);
  registerMetrics(app, metrics);

  const api: FastifyPluginAsync = async (scope) => {
    refuseUntil(scope, isMigrated);
    limitAddresses(scope, limits, config);
    registerAuthentication(scope, authenticate);
    limitAccounts(scope, limits);
    scope.register(authRoutes(accounts), { prefix: '/auth' });
    scope.register(recoveryRoutes(accounts), { prefix: '/auth' });
    const announceProfile = profileAnnouncer({ ...parts, log });
    scope.register(meRoutes({ ...accounts, announceProfile, deleteAccount }), { prefix: '/users' });
    scope.register(userRoutes(parts), { prefix: '/users' });
    scope.register(blockRoutes({ db, setBlock: (...block) => setBlock(parts, ...block) }), {
      prefix: '/users',
    });
    scope.register(conversationRoutes(parts), { prefix: '/conversations' });
    scope.register(roomRoutes({ ...parts, purge }), { prefix: '/conversations' });
    scope.register(publicRoomRoutes({ db }), { prefix: '/rooms' });
    scope.register(memberRoutes({ ...parts, purge }), { prefix: '/conversations' });
    scope.register(conversationMessageRoutes({ db, ...config, postMessage, deliveries }), {
      prefix: '/conversations',
    });
    scope.register(messageRoutes({ db, deliveries, contents, findSeen: seenFinder(db) }), {
      prefix: '/messages',
    });
    scope.register(messageChangeRoutes(parts), { prefix: '/messages' });
    scope.register(searchRoutes({ db, indexing }), { prefix: '/messages' });
    scope.register(syncRoutes({ db, findHeads: headsFinder(db) }), { prefix: '/sync' });
    scope.register(adminRoutes({ ...parts, bus, purge }), { prefix: '/admin' });
    scope.register(adminUserRoutes({ db, sessions, leaving }), { prefix: '/admin/users' });
    scope.register(pushRoutes({ db, config }), { prefix: '/push' });
    scope.register(socketRoute({ subscribers, dispatcher, config }), {
      prefix: '/socket',
    });
  };
  app.register(healthRoutes({ db, bus, isMigrated }), { prefix: '/health' });
  app.register(api, { prefix: '/api/v1' });
  return app;
}
