const FINAL_TEXT = 0x81;
const PING = 0x89;
/** Lengths beyond it stand in two bytes of their own. */
const SHORT = 125;
const LONG = 126;

/** A WebSocket frame from server to client, RFC 6455 5.2: a whole text message of at most 65,535 bytes, not masked. */
export const textFrame = (text: string): Buffer => frameOf(FINAL_TEXT, text);

/** Its data, at most 125 bytes, comes back with the pong. */
export const pingFrame = (data: string): Buffer => frameOf(PING, data);

function frameOf(type: number, text: string): Buffer {
  const length = Buffer.byteLength(text);
  const isShort = length <= SHORT;
  const frame = Buffer.allocUnsafe((isShort ? 2 : 4) + length);
  frame[0] = type;
  frame[1] = isShort ? length : LONG;
  if (!isShort) frame.writeUInt16BE(length, 2);
  frame.write(text, isShort ? 2 : 4);
  return frame;
}
