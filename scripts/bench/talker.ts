import type { Answer } from './http-client.ts';

/** One user of the load, whatever the server that they talk over: a socket that rings, and what they ask for. */
export interface Talker {
  /** Hears the id of each message that nobody waits for. */
  onRing: (id: string) => void;
  post(conversationId: string, key: string, body: string): Promise<Answer>;
  fetch(messageId: string): Promise<Answer>;
  /** From here on, what rings is on the screen: `heard` gets the bodies of new messages, as many at once as came at once. */
  look(heard: (bodies: readonly string[]) => void): void;
  /**
   * The id of the next message that rings in this conversation with a sequence above `after`.
   * Rejects when none has within 5 s. Waits for one at a time.
   */
  nextRing(conversationId: string, after: number): Promise<string>;
  close(): void;
}

/** Milliseconds after which a notification counts as lost. */
const RING_TIMEOUT = 5_000;

interface Awaited {
  /** Sequence; what rings at or below it has been dealt with. */
  after: number;
  rung(id: string): void;
}

/** Who waits for which message. */
export class Rings {
  onRing: (id: string) => void = () => {};
  /** The same, of who looks. */
  onLook: (id: string) => void = () => {};
  readonly #awaited = new Map<string, Awaited>();

  next(conversationId: string, after: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const lost = setTimeout(reject, RING_TIMEOUT, new Error('no notification within 5 s'));
      const rung = (id: string) => {
        clearTimeout(lost);
        this.#awaited.delete(conversationId);
        resolve(id);
      };
      this.#awaited.set(conversationId, { after, rung });
    });
  }

  ring(id: string): void {
    const [conversationId = '', sequence] = id.split('-');
    const awaited = this.#awaited.get(conversationId);
    this.onLook(id);
    if (!awaited) this.onRing(id);
    else if (Number(sequence) > awaited.after) awaited.rung(id);
  }
}
