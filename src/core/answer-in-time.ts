import type { FastifyInstance, FastifyReply } from 'fastify';
import { ProblemError } from './problems.ts';

const SWEEP_INTERVAL = 1_000;

/**
 * Answers whoever has waited for so many milliseconds with a 503, and cuts off who is still being answered by then. One
 * timer for all: Fastify's own `handlerTimeout` makes an abort signal and a timer for each request, a twentieth of all
 * that a small one costs.
 */
export function answerInTime(app: FastifyInstance, milliseconds: number): void {
  /** By when each is to be answered, the next ones first. */
  const deadlines = new Map<FastifyReply, number>();

  function sweep(): void {
    const now = performance.now();
    for (const [reply, deadline] of deadlines) {
      if (deadline > now) return;
      deadlines.delete(reply);
      const { raw } = reply;
      if (!reply.sent) reply.send(new ProblemError('unavailable'));
      else if (raw.headersSent && !raw.writableFinished) raw.destroy();
    }
  }

  const sweeps = setInterval(sweep, SWEEP_INTERVAL).unref();
  app.addHook('onRequest', (_request, reply, done) => {
    deadlines.set(reply, performance.now() + milliseconds);
    done();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    deadlines.delete(reply);
    done();
  });
  app.addHook('onClose', (_app, done) => {
    clearInterval(sweeps);
    done();
  });
}
