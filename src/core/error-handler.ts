import { STATUS_CODES } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from './dialect.ts';
import { notFound, ProblemError } from './problems.ts';

const RETRY_AFTER_SECONDS = 2;

/** Whatever was thrown, as the problem that the client may see. 5xx say nothing of the inside. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isUnavailable(error)) return new ProblemError('unavailable', { cause: error });
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 404 || status === 414) return new ProblemError('not_found', { cause: error });
  if (status === 413) return new ProblemError('body_too_large', { cause: error });
  if (status === 415) return new ProblemError('unsupported_media_type', { cause: error });
  if (status === 503) return new ProblemError('unavailable', { cause: error });
  if (status >= 400 && status < 500) return new ProblemError('malformed_request', { cause: error });
  return new ProblemError('internal', { cause: error });
}

/** Errors are thrown where they are known and translated here, once, into RFC 9457 problem details. */
export function registerErrorHandler(app: FastifyInstance): void {
  const answer = (problem: ProblemError, request: FastifyRequest, reply: FastifyReply) => {
    if (problem.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .send({
        type: 'about:blank',
        title: STATUS_CODES[problem.status],
        status: problem.status,
        detail: problem.message,
        code: problem.code,
        requestId: request.id,
        ...(problem.errors ? { errors: problem.errors } : {}),
      });
  };
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500)
      request.log.error({ err: problem.cause ?? problem }, problem.message);
    return answer(problem, request, reply);
  });
  app.setNotFoundHandler((request, reply) => answer(notFound(), request, reply));
}
