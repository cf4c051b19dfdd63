import type { Socket } from 'node:net';

/** What of a TCP connection is needed here. */
export type Connection = Pick<Socket, 'writable'> & { write(bytes: Buffer): boolean };

/** That have something to send. */
const due = new Set<Outbox>();

function flushAll(): void {
  for (const outbox of due) outbox.flush();
}

/** Remembers what it joined last: the frames of one moment are for all members of a room the same. */
function joiner(): (frames: readonly Buffer[]) => Buffer {
  let known: readonly Buffer[] = [];
  let joined = Buffer.alloc(0);
  return (frames) => {
    const isKnown =
      frames.length === known.length && frames.every((frame, at) => frame === known[at]);
    if (!isKnown) [known, joined] = [frames, Buffer.concat(frames)];
    return joined;
  };
}

const join = joiner();

/**
 * Frames of one connection on their way out. Those of one turn of the event loop are written together at its end: to write
 * once costs more than all else of a frame.
 */
export class Outbox {
  readonly #connection: Connection;
  readonly #lastOf: () => Buffer | undefined;
  #frames: Buffer[] = [];

  /** `lastOf` is asked, whenever something goes out, for a frame that is to follow it. */
  constructor(connection: Connection, lastOf: () => Buffer | undefined) {
    this.#connection = connection;
    this.#lastOf = lastOf;
  }

  push(frame: Buffer): void {
    if (this.#frames.push(frame) > 1) return;
    if (due.size === 0) process.nextTick(flushAll);
    due.add(this);
  }

  /** At once, for what is to stand before what others write to the connection. */
  flush(): void {
    if (!due.delete(this)) return;
    const frames = this.#frames;
    this.#frames = [];
    if (!this.#connection.writable) return;
    const [only] = frames;
    const bytes = frames.length === 1 && only ? only : join(frames);
    const last = this.#lastOf();
    this.#connection.write(last ? Buffer.concat([bytes, last]) : bytes);
  }
}
