import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Admission } from './admission.ts';

/** What tells how the server is, is asked above all when it is busy. */
const ALWAYS_ANSWERED = /^\/(?:health\/|metrics(?:$|\?))/;
const SIGN_INS = /^\/api\/v1\/auth\/(?:login|register|reset-password)\b/;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Fastify reads no body of theirs. */
const BODILESS = new Set(['GET', 'HEAD']);
/** Milliseconds that a body may take without giving the place away. */
const BODY_PATIENCE = 20;

/**
 * Stands in front of Fastify, because under a load several times of what the server can do it does
 * little else than refuse, and a hook's refusal would cost more than twice as much. Upgrades do not
 * come by here: see upgrades.ts.
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
      let isUnderWay = true;
      const pause = (): void => {
        if (isUnderWay) admission.end(kind);
        isUnderWay = false;
      };
      response.once('close', pause);
      handle(request, response);
      if (!BODILESS.has(method)) process.nextTick(expectBody, request, whileItComes);

      /** Whoever sends a body slowly takes no place meanwhile: some hundred of them would keep all others out. */
      function whileItComes(): void {
        if (response.closed) return;
        pause();
        request.once('end', () => {
          if (response.closed) return;
          admission.goOn(kind);
          isUnderWay = true;
        });
      }
    });
  };

/** Most come with their headers or right behind them. */
function expectBody(request: IncomingMessage, whenLate: () => void): void {
  if (request.complete) return;
  setTimeout(() => {
    if (!request.complete) whenLate();
  }, BODY_PATIENCE);
}
