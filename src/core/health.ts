import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Bus } from './bus.ts';
import { type Database, pingDatabase } from './database.ts';
import { ProblemError } from './problems.ts';

const tags = ['Operations'];
const State = Type.Enum(['up', 'away']);
const Readiness = Type.Object({
  status: Type.Enum(['ready', 'degraded', 'unavailable']),
  database: State,
  bus: State,
});

/**
 * Readiness follows the database, which nothing works without. A bus that is away only delays
 * notifications across processes, so it is named and does not take the process out of service.
 */
export const healthRoutes =
  ({
    db,
    bus,
    isMigrated,
  }: {
    db: Database;
    bus: Bus;
    isMigrated: () => boolean;
  }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/live', {
      schema: {
        tags,
        summary: 'The process runs',
        response: { 200: Type.Object({ status: Type.Literal('live') }) },
      },
      config: { public: true },
      handler: () => ({ status: 'live' as const }),
    });

    app.get('/ready', {
      schema: {
        tags,
        summary: 'Requests can be served; 503 names the part that is away',
        response: { 200: Readiness, 503: Readiness },
      },
      config: { public: true },
      handler: async (_request, reply) => {
        const reachable =
          isMigrated() &&
          (await pingDatabase(db).then(
            () => true,
            () => false,
          ));
        const busState = bus.isUp() ? ('up' as const) : ('away' as const);
        if (!reachable) {
          return reply.code(503).send({ status: 'unavailable', database: 'away', bus: busState });
        }
        const status = bus.isUp() ? ('ready' as const) : ('degraded' as const);
        return reply.code(200).send({ status, database: 'up', bus: busState });
      },
    });
  };

/** Until the tables are there, every route of this scope answers 503, before it touches the database. */
export function refuseUntil(scope: FastifyInstance, isMigrated: () => boolean): void {
  scope.addHook('onRequest', async () => {
    if (!isMigrated()) throw new ProblemError('unavailable');
  });
}
