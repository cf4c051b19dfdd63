import type { Socket } from 'node:net';
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

/** Answers under way at once on one connection; a page of messages can be 1.6 MB. */
const MAX_PIPELINED = 8;

/**
 * What Fastify and its plugins leave open on a connection. Requests that are sent without reading
 * their answers end it, because the answers would wait in memory; an upgrade is refused wherever
 * there is no socket, and while there is too much to do; and a connection that is busy when the
 * server closes ends with its answer.
 */
export function registerConnectionRules(app: FastifyInstance, admission: Admission): void {
  const underWay = new WeakMap<Socket, number>();
  let closing = false;

  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const count = (underWay.get(socket) ?? 0) + 1;
    underWay.set(socket, count);
    if (count > MAX_PIPELINED) {
      reply.hijack();
      socket.destroy();
    } else if (request.ws && !request.routeOptions.config?.socket) {
      done(new ProblemError('no_socket_here'));
    } else {
      const retryAfter = request.ws ? admission.refusal('write') : undefined;
      done(retryAfter === undefined ? undefined : new ProblemError('overloaded', { retryAfter }));
    }
  });
  app.addHook('onResponse', (request, _reply, done) => {
    const { socket } = request.raw;
    underWay.set(socket, (underWay.get(socket) ?? 1) - 1);
    done();
  });

  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
  });
}
