import { WebSocket } from 'ws';
import type { Tally } from './tally.ts';

export type Sockets = ReturnType<typeof makeSockets>;

/** A WebSocket as the SDK wants one, and all of its instances that are open. */
export function makeSockets(tally: Tally, localAddress: string | undefined) {
  const open = new Set<WebSocket>();
  /** Milliseconds since 1970, ascending. */
  const openedAt: number[] = [];

  class CrowdSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      // Paused, Node goes on reading from the kernel until it holds so many bytes.
      const connection = { readableHighWaterMark: 1, localAddress };
      super(url, protocols, { perMessageDeflate: false, ...connection });
      let isAnswered = false;
      this.on('open', () => {
        isAnswered = true;
        tally.answered(101, undefined);
        openedAt.push(Date.now());
        open.add(this);
      });
      this.on('unexpected-response', (_request, { statusCode = 0, headers }) => {
        isAnswered = true;
        tally.answered(statusCode, headers['retry-after']);
        this.terminate();
      });
      this.on('close', () => {
        open.delete(this);
        if (!isAnswered) tally.unanswered += 1;
      });
    }

    /** The one part of a browser's WebSocket that `ws` leaves out; nobody here calls it. */
    dispatchEvent(): boolean {
      return false;
    }
  }

  return {
    WebSocket: CrowdSocket as typeof globalThis.WebSocket,
    openedAt,
    /** Whatever arrives stays in the kernel. */
    pause(): void {
      for (const socket of open) socket.pause();
    },
    resume(): void {
      for (const socket of open) socket.resume();
    },
  };
}
