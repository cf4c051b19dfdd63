import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Bus } from './bus.ts';
import { type Database, pingDatabase } from './database.ts';
import { ProblemError, RETRY_AFTER_SECONDS } from './problems.ts';

const PING_TIMEOUT = 1_500;
const PING_INTERVAL = 500;

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
    const answersInTime = pinger(db);
    app.get('/live', {
      schema: {
        tags,
        summary: 'The process runs',
        response: { 200: Type.Object({ status: Type.Literal('live') }) },
      },
      config: { access: 'anyone' },
      handler: () => ({ status: 'live' as const }),
    });

    app.get('/ready', {
      schema: {
        tags,
        summary: 'Requests can be served; 503 names the part that is away',
        response: { 200: Readiness, 503: Readiness },
      },
      config: { access: 'anyone' },
      handler: async (_request, reply) => {
        const database = isMigrated() && (await answersInTime()) ? 'up' : 'away';
        const busState = bus.isUp() ? 'up' : 'away';
        const status = database === 'away' ? 'unavailable' : bus.isUp() ? 'ready' : 'degraded';
        if (status === 'unavailable') reply.header('retry-after', RETRY_AFTER_SECONDS);
        reply.code(status === 'unavailable' ? 503 : 200);
        return { status, database, bus: busState } as const;
      },
    });
  };

/**
 * Whether the database answers within what probes wait for. Asked at most twice a second, however many
 * probes there are: a flood of them must not take the connections of those who work.
 */
function pinger(db: Database): () => Promise<boolean> {
  let answer: Promise<boolean> = Promise.resolve(true);
  let askedAt = -Infinity;
  const ask = (): Promise<boolean> =>
    Promise.race([
      pingDatabase(db).then(
        () => true,
        () => false,
      ),
      sleep(PING_TIMEOUT, false, { ref: false }),
    ]);
  return () => {
    if (performance.now() - askedAt < PING_INTERVAL) return answer;
    askedAt = performance.now();
    answer = ask();
    return answer;
  };
}

/** Until the tables are there, every route of this scope answers 503, before it touches the database. */
export function refuseUntil(scope: FastifyInstance, isMigrated: () => boolean): void {
  scope.addHook('onRequest', (_request, _reply, done) => {
    done(isMigrated() ? undefined : new ProblemError('unavailable'));
  });
}
