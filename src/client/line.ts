interface LineEvents {
  onText: (text: string) => void;
  /** With the close code, once; nothing arrives after it. */
  onClosed: (code: number) => void;
}

/** What carries the frames of one notification socket. */
export interface Line {
  /** Only once `ready` has come. */
  send(text: string): void;
  close(): void;
}

/** Opens a line with these subprotocols. */
export type OpenLine = (protocols: string[], events: LineEvents) => Line;

/** A WebSocket for each line. `url` begins with `ws:` or `wss:`. */
export const webSocketLine =
  (url: string, WebSocket: typeof globalThis.WebSocket): OpenLine =>
  (protocols, { onText, onClosed }) => {
    const socket = new WebSocket(url, protocols);
    socket.addEventListener('message', ({ data }) => onText(String(data)));
    socket.addEventListener('close', ({ code }) => onClosed(code));
    // `close` follows; some implementations throw an error that nobody listens to.
    socket.addEventListener('error', () => {});
    return socket;
  };
