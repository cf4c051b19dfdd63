import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Tally } from './tally.ts';

/**
 * Connections of all the clients of one process together, as a proxy in front of the server has
 * them: with one for each, ten thousand clients would take as many open files again.
 */
const CONNECTIONS = 64;

/** As much of `fetch` as the SDK uses, and lighter: the crowd shares its machine with the server. */
export function pooledFetch(tally: Tally, localAddress: string | undefined): typeof fetch {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return async (url, { method = 'GET', headers, body, signal } = {}) => {
    try {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      request(
        String(url),
        {
          agent,
          method,
          localAddress,
          headers: { ...(headers as object) },
          ...(signal ? { signal } : {}),
        },
        resolve,
      )
        .on('error', reject)
        .end(body);
      const answer = await promise;
      const { statusCode = 0, headers: answered } = answer;
      const retryAfter = answered['retry-after'];
      const content = await text(answer);
      tally.answered(statusCode, retryAfter);
      return new Response(statusCode === 204 ? null : content, {
        status: statusCode,
        headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
      });
    } catch (error) {
      tally.unanswered += 1;
      throw error;
    }
  };
}
