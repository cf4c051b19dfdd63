import type { FastifyBaseLogger } from 'fastify';

/** Pino, as Fastify makes it: one JSON line per event. */
export type Logger = FastifyBaseLogger;
