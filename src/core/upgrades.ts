import type {} from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Admission } from './admission.ts';
import { ProblemError } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Takes an upgrade to a WebSocket. Without this, no route does. */
    socket?: true;
  }
}

/** An upgrade is refused wherever there is no socket, and while there is too much to do. */
export function registerUpgradeRules(app: FastifyInstance, admission: Admission): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!request.ws) return done();
    if (!request.routeOptions.config?.socket) return done(new ProblemError('no_socket_here'));
    const retryAfter = admission.refusal('write');
    done(retryAfter === undefined ? undefined : new ProblemError('overloaded', { retryAfter }));
  });
}
