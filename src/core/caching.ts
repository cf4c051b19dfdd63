import type { FastifyInstance } from 'fastify';

/** Answers are for one viewer at one moment: nothing on the way keeps them, unless a route says otherwise. */
export function forbidStoring(scope: FastifyInstance): void {
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
}
