import type { RequestListener, ServerResponse } from 'node:http';

/** Of one connection, at once; a page of messages can be 1.6 MB. */
const MAX_PIPELINED = 8;

const COUNT: unique symbol = Symbol('answers under way');

declare module 'node:net' {
  interface Socket {
    [COUNT]?: number;
  }
}

/**
 * What Node leaves open on a connection. Requests that are sent without reading their answers end it, because the answers
 * would wait in memory; and one that is busy when the server closes ends with its answer.
 */
export function keepAnswersUnderWay() {
  const underWay = new Set<ServerResponse>();
  let isClosing = false;

  return {
    counting:
      (handle: RequestListener): RequestListener =>
      (request, response) => {
        const { socket } = request;
        const count = (socket[COUNT] ?? 0) + 1;
        socket[COUNT] = count;
        if (count > MAX_PIPELINED) return void socket.destroy();
        if (isClosing) response.shouldKeepAlive = false;
        underWay.add(response);
        response.once('close', () => {
          socket[COUNT] = (socket[COUNT] ?? 1) - 1;
          underWay.delete(response);
        });
        handle(request, response);
      },

    /** From now on every answer is the last of its connection. */
    closeConnections(): void {
      isClosing = true;
      for (const response of underWay) response.shouldKeepAlive = false;
    },
  };
}
