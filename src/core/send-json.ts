import type { FastifyReply } from 'fastify';

/** Answers with what is JSON already. The route's own type of answer is for whoever reads its schema. */
export const sendJson = (reply: Pick<FastifyReply, 'type'>, json: string): never =>
  reply.type('application/json; charset=utf-8').send(json) as never;
