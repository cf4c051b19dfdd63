import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NOT_STORED } from './caching.ts';
import { sharedWith } from './cors.ts';
import { isUnavailable } from './dialect.ts';
import { STATUS_CODES } from './node-http.ts';
import { notFound, ProblemError } from './problems.ts';
import type { Headers } from './security-headers.ts';

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
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => answer(notFound(), request, reply));
}

/** For what fails before any hook has run, such as an address that cannot be decoded; so no plugin closes what it opened. */
export const answerUnrouted =
  (headers: Headers) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    // Node has given the connection of an upgrade away for good.
    const isGivenAway = request.headers.upgrade !== undefined;
    if (isGivenAway) reply.raw.once('finish', () => request.raw.socket.destroySoon());
    answerError(error, request, reply.headers(headers));
  };

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // Who hangs up in the middle of a body looks like a connection lost to the database.
  const hungUp = request.raw.destroyed && !request.raw.complete;
  const problem = hungUp ? new ProblemError('malformed_request') : toProblem(error);
  const cause = problem.cause ?? problem;
  // An outage fails every request alike: which part is away is enough, a thousand times a second.
  if (problem.status === 503) request.log.warn({ code: codeOf(cause) }, problem.message);
  else if (problem.status >= 500) request.log.error({ err: cause }, problem.message);
  answer(problem, request, reply);
}

function answer(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): void {
  // Whatever the route would have said of its own answer.
  reply.removeHeader('etag').headers(NOT_STORED);
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.code(problem.status).type('application/problem+json').send(detailsOf(problem, request.id));
}

const codeOf = (error: unknown): string =>
  (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');

const detailsOf = (problem: ProblemError, requestId: string) => ({
  type: 'about:blank',
  title: STATUS_CODES[problem.status],
  status: problem.status,
  detail: problem.message,
  code: problem.code,
  requestId,
  ...(problem.errors ? { errors: problem.errors } : {}),
});

const STATUS_BY_CODE: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** For a request that is refused before it comes to Fastify, in as few steps as can be. */
export const answerOverloaded = (headers: Headers, corsOrigins: ReadonlySet<string>) => {
  const lines = Object.entries({ ...headers, 'content-type': 'application/problem+json' }).flat();
  const problem = new ProblemError('overloaded');
  return ({ headers: { origin } }: IncomingMessage, response: ServerResponse, wait: number) => {
    const body = JSON.stringify(detailsOf(problem, crypto.randomUUID()));
    const shared = origin !== undefined && corsOrigins.has(origin) ? sharedWith(origin) : [];
    const length = ['retry-after', String(wait), 'content-length', String(body.length)];
    response.writeHead(problem.status, [...lines, ...length, ...shared]).end(body);
  };
};

/** What Node could not read as HTTP never becomes a request: it is answered on the bare connection. */
export const answerUnreadable = (headers: Headers) => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (error: Error & { code?: string }, socket: Socket): void =>
    answerBare(error, socket, lines.join(''));
};

function answerBare(error: Error & { code?: string }, socket: Socket, headers: string): void {
  if (socket.destroyed || !socket.writable) return void socket.destroy();
  const status = STATUS_BY_CODE[error.code ?? ''] ?? 400;
  const body = unreadable(status);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n` +
      `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`,
  );
}

/** Of `Expect` there is 100-continue and no other; Node by itself would answer without a word. */
export const answerExpectation =
  (headers: Headers) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response
      .writeHead(417, { ...headers, 'content-type': 'application/problem+json' })
      .end(unreadable(417));
  };

/** The body of a problem of a request that never came to a route. */
function unreadable(status: number): string {
  const details = detailsOf(new ProblemError('malformed_request'), crypto.randomUUID());
  return JSON.stringify({ ...details, status, title: STATUS_CODES[status] });
}
