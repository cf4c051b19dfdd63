import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Admission } from './admission.ts';
import type { Kind } from './turns.ts';

/** What tells how the server is, is asked above all when it is busy. */
const ALWAYS_ANSWERED = /^\/(?:health\/|metrics(?:$|\?))/;
const SIGN_INS = /^\/api\/v1\/auth\/(?:login|register|reset-password)\b/;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

interface Visit {
  kind: Kind;
  isUnderWay: boolean;
}

/** Of requests that came in and are not answered yet. */
const visits = new WeakMap<IncomingMessage, Visit>();

/**
 * Stands in front of Fastify, because under a load several times of what the server can do it does
 * little else than refuse, and a hook's refusal would cost more than twice as much. Upgrades do not
 * come by here: see connections.ts.
 */
export const admitting =
  (
    admission: Admission,
    refuse: (request: IncomingMessage, response: ServerResponse, retryAfter: number) => void,
    handle: RequestListener,
  ): RequestListener =>
  (request, response) => {
    const { url = '', method = '' } = request;
    if (ALWAYS_ANSWERED.test(url)) return handle(request, response);
    const kind = READS.has(method) ? 'read' : SIGN_INS.test(url) ? 'signIn' : 'write';
    const retryAfter = admission.refusal(kind);
    if (retryAfter !== undefined) return refuse(request, response, retryAfter);
    admission.run(kind, () => {
      if (response.destroyed) return admission.end(kind);
      const visit: Visit = { kind, isUnderWay: true };
      visits.set(request, visit);
      response.once('close', () => pause(admission, visit));
      handle(request, response);
    });
  };

/** Whoever sends a body slowly takes no place meanwhile: some hundred of them would keep all others out. */
export function registerAdmission(app: FastifyInstance, admission: Admission): void {
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    const visit = visits.get(request.raw);
    if (visit && !request.raw.complete) pause(admission, visit);
    done();
  });
  app.addHook('preValidation', (request, reply, done) => {
    const visit = visits.get(request.raw);
    if (visit && !reply.raw.closed) goOn(admission, visit);
    done();
  });
}

function pause(admission: Admission, visit: Visit): void {
  if (!visit.isUnderWay) return;
  visit.isUnderWay = false;
  admission.end(visit.kind);
}

function goOn(admission: Admission, visit: Visit): void {
  if (visit.isUnderWay) return;
  visit.isUnderWay = true;
  admission.goOn(visit.kind);
}
